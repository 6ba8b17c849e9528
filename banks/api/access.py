"""Bearer tokens (RFC 6750): who calls, from where, and what the token reaches."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from audit import actor
from banks.models import Client, Scope, Token
from banks.operations.access import Caller, find_token

CERTIFICATE_HEADER = "X-Client-Cert-Sha256"


def caller_of(request: HttpRequest | Request) -> Caller:
    """Where a request comes from. Only our own proxies (ANSINH_BANK_PROXIES) may speak for somebody else."""
    address = request.META.get("REMOTE_ADDR", "")
    if not _is_proxy(address):
        return Caller(address)
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
    thumbprint = request.headers.get(CERTIFICATE_HEADER, "").replace(":", "").lower()
    return Caller(forwarded or address, thumbprint)


def _is_proxy(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(network) for network in settings.BANK_PROXIES)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`; the request's `auth` is then the token, with its client."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        words = get_authorization_header(request).split()
        if not words:
            return None
        token = None
        if len(words) == 2 and words[0].lower() == b"bearer":
            text = words[1].decode("ascii", "replace")
            token = find_token(token=text, caller=caller_of(request), at=timezone.now())
        if token is None:
            raise AuthenticationFailed(
                _("The access token is unknown, expired, or not used from where it may be.")
            )
        actor.add(f"bank client {token.client_id}")
        return AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="An Sinh"'


class ScopeMissing(PermissionDenied):
    def __init__(self, scope: str) -> None:
        self.auth_header = f'Bearer error="insufficient_scope", scope="{scope}"'
        super().__init__(_("This needs a token with the scope %(scope)s.") % {"scope": scope})


class ScopePermission(BasePermission):
    """The view's `scopes` by method; a method without one needs a token and no more."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.auth, Token):
            return False
        needed = view.scopes.get(request.method)
        if needed and needed not in request.auth.scopes:
            raise ScopeMissing(needed)
        return True


def token_of(request: Request) -> Token:
    """The live token of a request that was let through."""
    token: Any = request.auth
    if not isinstance(token, Token):
        raise TypeError("client_of needs a request with a token")
    return token


def client_of(request: Request) -> Client:
    """The client that calls."""
    return token_of(request).client


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = BearerAuthentication
    name = "clientCredentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        flow = {
            "tokenUrl": "/api/banks/v1/token",
            "scopes": {str(scope): str(scope.label) for scope in Scope},
        }
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        needed = getattr(auto_schema.view, "scopes", {}).get(auto_schema.method)
        return {self.name: [str(needed)] if needed else []}
