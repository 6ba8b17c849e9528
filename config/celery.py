"""The Celery application `ansinh`; its settings are those of config/settings.py that begin with CELERY_."""

import os
from typing import Any

from celery import Celery, signals

from config import services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ansinh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Sent by the worker and by beat before they reach for the broker or the database, and by nothing else.
@signals.import_modules.connect
def _have_services(**_: Any) -> None:
    services.ensure()
