"""Who may call: clients, their secrets and tokens (OAuth 2.0 client credentials, RFC 6749 section 4.4).

Secrets and tokens are 256 random bits and kept as SHA-256 only: shown once, never again.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from banks.models import Client, Profile, Scope, Secret, StoredAnswer, Token
from banks.operations.errors import BanksError

TOKEN_LIFE = timedelta(hours=1)
ROTATION = timedelta(days=7)
ANSWERS_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a request comes from: its address, and the thumbprint of the certificate that our own proxy verified."""

    address: str
    certificate_sha256: str = ""


class AccessRefused(BanksError):
    """An error of RFC 6749 section 5.2: invalid_client, invalid_scope, invalid_request, unsupported_grant_type."""

    def __init__(self, code: str, description: str) -> None:
        self.code = code
        super().__init__(description)


@dataclass(frozen=True, slots=True)
class Grant:
    """A new access token, in clear for the one answer that carries it."""

    token: str
    scopes: Sequence[str]
    seconds: int


def create_client(
    *,
    provider: str,
    name: str,
    scopes: Iterable[str],
    at: datetime,
    by: User | None = None,
    networks: Sequence[str] = (),
    certificate_sha256: str = "",
    sandbox: bool = False,
    per_minute: int = 600,
) -> tuple[Client, str]:
    """A new client of a bank and its secret in clear, to be shown once. Raises BanksError for a bad network."""
    wanted = sorted({Scope(scope) for scope in scopes})
    thumbprint = certificate_sha256.replace(":", "").lower()
    if thumbprint and not re.fullmatch(r"[0-9a-f]{64}", thumbprint):
        raise BanksError(_("A certificate thumbprint is 64 hexadecimal digits (SHA-256)."))
    with transaction.atomic():
        Profile.objects.get_or_create(provider_id=provider)
        client = Client.objects.create(
            id=f"{provider}-{secrets.token_hex(6)}",
            provider_id=provider,
            name=name,
            scopes=[str(scope) for scope in wanted],
            networks=[_network(text) for text in networks],
            certificate_sha256=thumbprint,
            sandbox=sandbox,
            per_minute=per_minute,
            created_by=by,
            created_at=at,
        )
        return client, _new_secret(client, at)


def rotate_secret(*, client_id: str, at: datetime) -> str:
    """A second secret in clear; the ones before it work for another week, so that a bank can change over in calm."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        client.secrets.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=at + ROTATION)).update(
            expires_at=at + ROTATION
        )
        return _new_secret(client, at)


def set_client_active(*, client_id: str, active: bool) -> Client:
    """Take a client out of use, or back; out of use, its tokens are worth nothing from this moment."""
    with transaction.atomic():
        client = Client.objects.select_for_update().get(pk=client_id)
        client.active = active
        client.save(update_fields=["active"])
        if not active:
            client.tokens.all().delete()
    return client


def issue_token(*, client_id: str, secret: str, scope: str, caller: Caller, at: datetime) -> Grant:
    """An access token for an hour; `scope` is space-separated, '' for all of the client's. Raises AccessRefused."""
    client = Client.objects.filter(pk=client_id, active=True, provider__active=True).first()
    digest = _digest(secret)
    valid = Q(expires_at__isnull=True) | Q(expires_at__gt=at)
    known = [bytes(row.digest) for row in client.secrets.filter(valid)] if client else []
    right = any(secrets.compare_digest(digest, one) for one in known)
    if client is None or not right or not may_call(client, caller):
        raise AccessRefused(
            "invalid_client", _("Unknown client, wrong secret, or not called from where it was agreed.")
        )
    wanted = scope.split() or client.scopes
    if not set(wanted) <= set(client.scopes):
        raise AccessRefused("invalid_scope", _("This client has not been granted these scopes."))
    token = secrets.token_urlsafe(32)
    Token.objects.create(digest=_digest(token), client=client, scopes=wanted, expires_at=at + TOKEN_LIFE)
    return Grant(token, wanted, int(TOKEN_LIFE.total_seconds()))


def find_token(*, token: str, caller: Caller, at: datetime) -> Token | None:
    """The live token behind its text, if its client may call from there; None otherwise."""
    found = (
        Token.objects.filter(digest=_digest(token), expires_at__gt=at, client__active=True)
        .select_related("client__provider")
        .first()
    )
    return found if found and may_call(found.client, caller) else None


def may_call(client: Client, caller: Caller) -> bool:
    """Whether a client may call from there: its networks and its certificate, each only where agreed (RFC 8705)."""
    if client.certificate_sha256 and client.certificate_sha256 != caller.certificate_sha256:
        return False
    if not client.networks:
        return True
    try:
        address = ipaddress.ip_address(caller.address)
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network) for network in client.networks)


def forget(*, at: datetime) -> int:
    """Remove expired tokens and secrets and answers older than a week; how many rows."""
    gone = Token.objects.filter(expires_at__lt=at).delete()[0]
    gone += Secret.objects.filter(expires_at__lt=at).delete()[0]
    return gone + StoredAnswer.objects.filter(at__lt=at - ANSWERS_KEPT).delete()[0]


def _new_secret(client: Client, at: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    Secret.objects.create(client=client, digest=_digest(secret), ending=secret[-4:], created_at=at)
    return secret


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip()))
    except ValueError as error:
        raise BanksError(_("%(text)s is not a network such as 203.0.113.0/24.") % {"text": text}) from error
