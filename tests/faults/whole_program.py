"""Reads what a worker reads, without a connection to anything: `tests.faults.forked` forks its workers from this."""

# ruff: noqa: F401

import celery.app.amqp
import celery.apps.worker
import celery.bin.celery
import celery.bin.worker
import celery.concurrency.prefork
import celery.fixups.django
import celery.worker.components
import django
import django.core.checks
import django.db.backends.postgresql.base
import kombu.transport.redis

from config.celery import app

django.setup()
app.autodiscover_tasks(force=True)
app.finalize()
# What every worker does before it begins; it reads every address of the site and all behind them.
django.core.checks.run_checks()
