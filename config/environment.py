"""Typed reading of environment variables: a bad value stops the start with a sentence that says what to set."""

from __future__ import annotations

import os
from base64 import b64decode
from binascii import Error as Base64Error
from ipaddress import IPv4Network, IPv6Network, ip_network

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment; see .env.example.")
    return value


def flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is not a yes or a no. Use 1 or 0.")


def number(name: str, default: int, *, low: int, high: int) -> int:
    value = os.environ.get(name, "").strip()
    if value == "":
        return default
    if not value.isdigit() or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name}={value!r} must be a whole number from {low} to {high}.")
    return int(value)


def choice(name: str, default: str, *, allowed: tuple[str, ...]) -> str:
    value = os.environ.get(name, "").strip() or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name}={value!r} must be one of {', '.join(allowed)}.")
    return value


def words(name: str, default: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def networks(name: str, default: str) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(word) for word in words(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. Write networks as 10.20.0.0/16, with commas."
        ) from error


def key(name: str) -> bytes:
    """32 bytes written as base64, as `openssl rand -base64 32` prints them."""
    try:
        value = b64decode(text(name), validate=True)
    except Base64Error:
        value = b""
    if len(value) != 32:
        raise ImproperlyConfigured(f"{name} must be 32 bytes in base64 (openssl rand -base64 32).")
    return value


def keyring(name: str) -> dict[str, bytes]:
    """`id:base64,id:base64` as one mapping; the ids stay readable beside each stored value."""
    ring = {}
    for word in words(name, ""):
        key_id, separator, encoded = word.partition(":")
        try:
            value = b64decode(encoded, validate=True)
        except Base64Error:
            value = b""
        if not separator or not key_id.isalnum() or len(key_id) > 8 or len(value) != 32:
            raise ImproperlyConfigured(
                f"{name} must look like k1:BASE64OF32BYTES,k2:… (ids of 1 to 8 letters)."
            )
        ring[key_id] = value
    if not ring:
        raise ImproperlyConfigured(f"{name} is not set. Set it in the environment; see .env.example.")
    return ring
