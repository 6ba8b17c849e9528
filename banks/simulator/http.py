"""A small client of the interface: a token, JSON, cursors, and a second try where the line broke."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


class Refused(Exception):
    """The interface answered with a problem (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")


@dataclass
class Connection:
    """`base` is the site, such as https://ansinh.example; the secret stays in memory only."""

    base: str
    client_id: str
    secret: str
    token: str = ""

    def get(self, path: str) -> Any:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: Any, *, key: str = "") -> Any:
        return self._call("POST", path, body, {"Idempotency-Key": key} if key else {})

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor, joint = "", "&" if "?" in path else "?"
        while cursor is not None:
            page = self.get(f"{path}{joint}cursor={cursor}&limit=5000")
            yield from page["items"]
            cursor = page["next"]

    def sign_in(self) -> None:
        """A new access token by client credentials."""
        form = {"grant_type": "client_credentials", "client_id": self.client_id, "client_secret": self.secret}
        content = urllib.parse.urlencode(form).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.token = self._send("POST", "/token", content, headers)["access_token"]

    def _call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Any:
        if not self.token:
            self.sign_in()
        content = None if body is None else json.dumps(body).encode()
        for attempt in range(5):
            sent = headers | {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            try:
                return self._send(method, path, content, sent)
            except Refused as refused:
                if refused.status == 401 and attempt == 0:
                    self.sign_in()
                elif refused.status in (429, 503):
                    time.sleep(min(60.0, float(refused.problem.get("retry_after") or 1)))
                else:
                    raise
            except (ConnectionError, TimeoutError):
                if attempt == 4:
                    raise
                time.sleep(0.2 * 2**attempt)
        raise Refused(503, {"title": "gave up"})

    def _send(self, method: str, path: str, content: bytes | None, headers: dict[str, str]) -> Any:
        address = f"{self.base}/api/banks/v1{path}"
        request = urllib.request.Request(address, data=content, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                text = error.read()
            problem = (
                json.loads(text)
                if text.startswith(b"{")
                else {"detail": text[:200].decode("utf-8", "replace")}
            )
            raise Refused(error.code, problem | {"retry_after": error.headers.get("Retry-After")}) from error
        except urllib.error.URLError as error:
            raise ConnectionError(str(error.reason)) from error
