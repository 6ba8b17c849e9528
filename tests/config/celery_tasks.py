"""A task for the worker of test_celery.py."""

import os

import redis
from celery import shared_task


@shared_task(name="tests.leave_a_mark")
def leave_a_mark(key: str) -> None:
    redis.from_url(os.environ["REDIS_URL"]).set(key, os.getpid(), ex=60)
