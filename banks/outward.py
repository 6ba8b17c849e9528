"""Connections to addresses that others named: never into the networks behind the site (server-side request forgery).

The name is resolved once, every address it has is judged, and the connection goes to one of those that were judged: a
name that answers otherwise a moment later leads nowhere else (OWASP ASVS 5.0, 1.3.6).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import urllib.request
from typing import Any

from django.conf import settings


class AddressRefused(OSError):
    """The name leads into a network that is not the public one."""


def connect(host: str, port: int, timeout: float | None) -> socket.socket:
    """A connection to the host. Raises AddressRefused where any of its addresses is private, of this machine, of the
    link or for many, unless settings.WEBHOOK_NETWORKS names its network; OSError where nobody answers."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(place[0]) for *_kind, place in found]
    if refused := next((one for one in addresses if not is_outside(one)), None):
        raise AddressRefused(f"{host} is {refused}, which is not a public address")
    fault: OSError | None = None
    for address in dict.fromkeys(addresses):
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as error:
            fault = error
    raise fault or OSError(f"{host} has no address")


def is_outside(address: str) -> bool:
    """Whether an address is one of the public Internet, or of a network that settings.WEBHOOK_NETWORKS names."""
    found = ipaddress.ip_address(address.partition("%")[0])
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inner is not None:
        found = inner
    if any(found in network for network in settings.WEBHOOK_NETWORKS):
        return True
    return found.is_global and not found.is_multicast


class _Http(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = connect(self.host, self.port, self.timeout)


class _Https(http.client.HTTPSConnection):
    def connect(self) -> None:
        plain = connect(self.host, self.port, self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


class _HttpHandler(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Http, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(_Https, req)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No redirect is followed and no proxy of the environment asked: either would go where nobody judged.
opener = urllib.request.build_opener(
    _HttpHandler, _HttpsHandler, _NoRedirect, urllib.request.ProxyHandler({})
)
