"""`postgresql://user:password@host:port/name` (or a socket folder as `?host=/folder`) as Django's settings."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import network


def database_settings(url: str, *, persistent_seconds: int) -> dict[str, Any]:
    """What PGOPTIONS asks of every connection is asked beside our own: the library would leave it out for ours."""
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
        "OPTIONS": {
            "application_name": "ansinh",
            "options": f"{network.SERVER} {os.environ.get('PGOPTIONS', '')}".strip(),
            **network.CLIENT,
            **query,
        },
    }


def replica_settings(url: str, *, persistent_seconds: int) -> dict[str, Any]:
    """A streaming replica: one that is lost is given up after two seconds, for the primary can do its work."""
    found = database_settings(url, persistent_seconds=persistent_seconds)
    found["OPTIONS"]["connect_timeout"] = "2"
    found["TEST"] = {"MIRROR": "default"}
    return found
