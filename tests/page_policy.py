"""What every answer of the site must say in its headers, and what no page may hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from django.http import HttpResponse

# In a form's random token the letters may stand by chance.
HIV = re.compile(r"\bHIV\b")

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# The API reference alone: Swagger UI writes styles and draws its arrows from data addresses.
REFERENCE = POLICY | {"style-src": "'self' 'unsafe-inline'", "img-src": "'self' data:"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
CAMERA = HEADERS["Permissions-Policy"].replace("camera=()", "camera=(self)")
_ELSEWHERE = re.compile(r"\s*(?:(?:https?:)?//|javascript:|data:)", re.IGNORECASE)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self._unguarded: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("style", "base", "iframe", "object", "embed"):
            self.faults.append(f"<{tag}>")
        if tag == "script" and not given.get("src"):
            self.faults.append("a script in the page")
        for name, value in given.items():
            if name == "style" or name.startswith(("on", "hx-on")):
                self.faults.append(f"{name} on <{tag}>")
            loads = name in ("src", "srcset", "action", "formaction") or (name == "href" and tag != "a")
            if (loads and _ELSEWHERE.match(value)) or value.strip().lower().startswith("javascript:"):
                self.faults.append(f"{name}={value} on <{tag}>")
        if tag == "form" and given.get("method", "get").lower() == "post":
            self._unguarded = given.get("action", "the page's own address")
        if given.get("name") == "csrfmiddlewaretoken" and given.get("value"):
            self._unguarded = None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._unguarded is not None:
            self.faults.append(f"a form without its token: {self._unguarded}")
            self._unguarded = None


def faults(response: HttpResponse, *, reference: bool = False) -> list[str]:
    """What an answer lacks in its headers or holds against the policy; `reference` for the page of the bank API."""
    said = response.headers.get("Content-Security-Policy", "")
    given = dict(part.strip().split(" ", 1) for part in said.split(";") if " " in part.strip())
    found = [] if given == (REFERENCE if reference else POLICY) else [f"policy: {said}"]
    # A page that reads codes may use the camera, and nothing else.
    scans = not response.streaming and b'<video class="scan"' in response.content
    wanted = HEADERS | ({"Permissions-Policy": CAMERA} if scans else {})
    found += [
        f"{name}: {response.get(name)}" for name, value in wanted.items() if response.get(name) != value
    ]
    if not re.search("no-store|no-cache", response.get("Cache-Control", "")):
        found.append(f"Cache-Control: {response.get('Cache-Control')}")
    if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
        inside = page_faults(response.content.decode())
        found += [fault for fault in inside if not (reference and fault == "<style>")]
    return found


def page_faults(text: str) -> list[str]:
    """What a page holds that the policy refuses, and forms that are posted without their token."""
    page = _Page()
    page.feed(text)
    return page.faults
