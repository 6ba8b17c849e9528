"""The web application for gunicorn: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from config import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
services.ensure()
application = get_wsgi_application()
