"""Log lines that hold no person's data, whatever was searched for or went wrong.

Three ways lead personal data into logs, and each is closed here for every logger: the query string of an address
(`/people/?q=<name>`), the message of an exception (`Key (name)=(...) already exists`), and the arguments with which
a task failed. A line keeps what finds the fault: where it happened, the kind of error, the constraint's name.
"""

from __future__ import annotations

import json
import logging
import logging.config
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog

_QUERY_STRING = re.compile(r"(/[^\s?\"'()]*)\?[^\s\"'()]*")
_ErrorInfo = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | BaseException
)


class Line(logging.Formatter):
    """One event a line; of an exception the places and kinds, never the message and never a variable's value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        # Another handler's formatter may have left its own text of the exception with the record.
        record.exc_text = None
        if isinstance(record.args, Mapping) and "exc" in record.args:
            record.args = {**record.args, "exc": "", "traceback": "", "args": "", "kwargs": ""}
        try:
            return _QUERY_STRING.sub(r"\1", super().format(record))
        finally:
            record.exc_text = None

    def formatException(self, ei: _ErrorInfo) -> str:
        error = ei if isinstance(ei, BaseException) else ei[1]
        causes = []
        while error is not None:
            causes.append("".join(traceback.format_tb(error.__traceback__)) + _kind(error))
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\nafter\n".join(causes)


def _kind(error: BaseException) -> str:
    """The kind of an error; of one from the database also its code and the constraint that refused."""
    named = [f"{type(error).__module__}.{type(error).__qualname__}"]
    found = getattr(error, "diag", None)
    named += [str(part) for name in ("sqlstate", "constraint_name") if (part := getattr(found, name, None))]
    return " ".join(named)


class JsonLine(Line):
    """The same as one JSON object a line: time, level, logger, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        event, _newline, error = said.partition(f" {record.levelname} {record.name} ")[2].partition("\n")
        content = {
            name: _QUERY_STRING.sub(r"\1", str(value))
            for name, value in getattr(record, "fields", {}).items()
        }
        content |= {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "event": event,
        }
        return json.dumps(content | ({"error": error} if error else {}), ensure_ascii=False)


def logging_settings(level: str, *, as_json: bool = False) -> dict[str, Any]:
    """Django's LOGGING: everything to standard error, from `level` up, through `Line` or `JsonLine`."""
    silent: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "config.logs.JsonLine" if as_json else "config.logs.Line"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would print a second, unguarded line, and mail one with all that was posted.
        "loggers": {
            "django": silent,
            "django.server": silent,
            "django.db.backends": {"level": "INFO"},  # below it: every statement with its values
        },
    }


def configure(settings: dict[str, Any]) -> None:
    """Django's LOGGING_CONFIG: set up the standard loggers, and structlog to end in them."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            _as_record,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _as_record(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, Any]]:
    failed = event.pop("exc_info", None)
    words = [str(event.pop("event"))] + [f"{name}={value}" for name, value in event.items()]
    # The text is complete: a per cent sign in it is no placeholder, for no arguments follow.
    error = sys.exc_info() if failed is True else failed
    return (" ".join(words),), {"exc_info": error, "extra": {"fields": dict(event)}}
