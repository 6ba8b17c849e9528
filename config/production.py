"""What production refuses: each refusal is a sentence that says what to set, and the start ends with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_DISTINCT = 8  # of a random 32-byte key some 30 bytes differ; fewer than eight is something typed by hand


def refuse_unsafe_keys(*, secret_key: str, field_keys: Mapping[str, bytes], blind_index_key: bytes) -> None:
    """Raises ImproperlyConfigured for a secret that is short, not random, or used for two purposes."""
    if len(secret_key) < 50:
        raise ImproperlyConfigured("SECRET_KEY must have at least 50 characters.")
    if len(set(secret_key)) < 2 * _DISTINCT or secret_key.startswith("django-insecure-"):
        raise ImproperlyConfigured("SECRET_KEY is not random. Make one with: openssl rand -base64 48")
    keys = [*field_keys.values(), blind_index_key]
    if any(len(set(key)) < _DISTINCT for key in keys):
        raise ImproperlyConfigured(
            "FIELD_KEYS and BLIND_INDEX_KEY must be random. Make each with: openssl rand -base64 32"
        )
    if len(set(keys)) < len(keys):
        raise ImproperlyConfigured("Every key of FIELD_KEYS, and BLIND_INDEX_KEY, must be another one.")


def refuse_unsafe_site(*, hosts: Sequence[str], trusted: Sequence[str], log_level: str) -> None:
    """Raises ImproperlyConfigured for hosts that let any name in, origins without TLS, and logs that say too much."""
    if not hosts or any("*" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts one by one, without '*'.")
    if any(not origin.startswith("https://") or "*" in origin for origin in trusted):
        raise ImproperlyConfigured("CSRF_TRUSTED_ORIGINS must be full https:// origins, without '*'.")
    if log_level.upper() in {"DEBUG", "NOTSET"}:
        raise ImproperlyConfigured(f"LOG_LEVEL={log_level} writes data into logs. Use INFO or above.")


def refuse_own_networks(networks: Sequence[IPv4Network | IPv6Network]) -> None:
    """Raises ImproperlyConfigured where a webhook could reach this machine, its link, or everything behind the site."""
    for network in networks:
        if network.is_loopback or network.is_link_local or network.is_unspecified or network.prefixlen < 12:
            raise ImproperlyConfigured(
                f"ANSINH_WEBHOOK_NETWORKS={network} would let notices reach the site's own machine or far too much. "
                "Name only the networks in which a bank's own servers stand."
            )


def refuse_unsafe_database(*, application: str, owner: str | None) -> None:
    """Raises ImproperlyConfigured where the site would own its tables and so could change its own history."""
    user = urlsplit(application).username
    if user == "postgres" or (owner is not None and user == urlsplit(owner).username):
        raise ImproperlyConfigured(
            "DATABASE_URL must name the application's own role, neither the owner's nor the superuser."
        )
