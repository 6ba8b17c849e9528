"""The Celery application `ansinh`; its settings are those of config/settings.py that begin with CELERY_."""

import logging
import os
from typing import Any

from celery import Celery, signals
from django.conf import settings

from audit import actor
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


# Who asked for a task is at work in it too: what a worker writes then names the officer.
@signals.before_task_publish.connect
def _name_who_asks(headers: dict[str, Any], **_: Any) -> None:
    headers["ansinh_officer"] = actor.current().officer


@signals.task_prerun.connect
def _begin(task: Any, **_: Any) -> None:
    officer = getattr(task.request, "ansinh_officer", None)
    actor.become(actor.Actor(officer, f"task {task.name}"))


@signals.task_postrun.connect
def _end(**_: Any) -> None:
    actor.become(None)
