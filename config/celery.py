"""The Celery application `ansinh`; its settings are those of config/settings.py that begin with CELERY_."""

import logging
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from config import logs, services

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("ansinh")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


# Sent by the worker and by beat before they reach for the broker or the database, and by nothing else.
@signals.import_modules.connect
def _have_services(**_: Any) -> None:
    services.ensure()


# Whoever takes this signal keeps Celery from adding handlers of its own, which print a failed task's arguments.
@signals.setup_logging.connect
def _log_as_the_site_does(loglevel: int, **_: Any) -> None:
    logs.configure(settings.LOGGING)
    # Its DEBUG lines hold the arguments of every task.
    logging.getLogger("celery").setLevel(max(loglevel, logging.INFO))
