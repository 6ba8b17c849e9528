"""`postgresql://user:password@host:port/name` (or a socket folder as `?host=/folder`) as Django's settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A worker that dies holds its locks until the server notices: within seconds on this host (the check runs while a
# statement runs or waits), within two minutes when the whole host is gone without a word.
_NOTICE_THE_DEAD = (
    "-c client_connection_check_interval=5s "
    "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=6"
)


def database_settings(url: str, *, persistent_seconds: int) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            "A database address must look like postgresql://user:password@host:5432/name."
        )
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": persistent_seconds,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "ansinh", "options": _NOTICE_THE_DEAD, **query},
    }
