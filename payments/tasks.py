"""Celery rings the doorbell; the database is the queue. Every task may be lost or run twice without harm."""
