"""Tasks for the worker of test_logs.py."""

from celery import shared_task
from django.db import connection


@shared_task(name="tests.fail_about")
def fail_about(name: str) -> None:
    raise ValueError(f"cannot pay {name}")


@shared_task(name="tests.fail_in_the_database")
def fail_in_the_database(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::int", [name])
