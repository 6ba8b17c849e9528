"""Time-based one-time passwords (RFC 6238: HMAC-SHA1, 30 seconds, six digits), as authenticator apps make them."""

from __future__ import annotations

import base64
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

SECONDS = 30
DIGITS = 6


def new_secret() -> str:
    """160 random bits in Base32 (RFC 4226, section 4, R6)."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_of(at: datetime) -> int:
    """The number of the time step in which `at` lies."""
    return int(at.timestamp()) // SECONDS


def code_at(secret: str, step: int) -> str:
    """The six digits of one time step."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """The step whose code this is: now's or one beside it (a phone's clock may be half a minute off), and later than
    `after`; None where there is none."""
    now = step_of(at)
    for step in (now, now - 1, now + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def address(secret: str, *, account: str, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads from a picture."""
    label = quote(f"{issuer}:{account}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"
