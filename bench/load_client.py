"""Officers and banks as asyncio tasks over plain sockets: light enough to share two cores with what they measure."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random
from string import Formatter
from typing import Any
from urllib.parse import quote_plus, urlencode

from bench.load_world import BankClient, Officer

ANSWER_SECONDS = 60.0
_READ = (
    ("home", 6, "/"),
    ("batches", 3, "/batches/"),
    ("batch", 3, "/batches/{batch}/"),
    ("people", 4, "/people/"),
    ("people, searched", 4, "/people/?q={word}"),
    ("person", 6, "/people/{person}/"),
    ("cycles", 1, "/cycles/"),
    ("cycle", 1, "/cycles/2024-12/"),
    ("overpaid", 1, "/overpaid/"),
    ("budget", 1, "/budget/?year=2024"),
)
_FIGURES = (
    ("dashboard", 3, "/coverage/"),
    ("dashboard by category", 1, "/coverage/?by=category"),
    ("dashboard by commune", 1, "/coverage/?by=commune"),
    ("report: changes", 1, "/reports/changes/"),
    ("report: merit", 1, "/reports/merit/"),
    ("reports", 1, "/reports/"),
    ("difficulties", 1, "/coverage/difficulties/"),
)
_REQUESTS = (
    ("requests", 3, "/changes/"),
    ("new grant", 2, "/entry/{key}/"),
    ("request: new account", 1, "/people/{person}/changes/payout/"),
)
_POST = (("the Post's month", 4, "/post/"), ("pay day", 4, "/post/days/{day}/"))
# What each role opens, with its weight: name, how often, address.
PAGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "commune_officer": (*_READ, *_REQUESTS, *_FIGURES),
    "preparer": (*_READ, *_READ, *_REQUESTS, *_POST, *_FIGURES, ("law", 1, "/law/")),
    "approver": (*_READ, *_READ, *_FIGURES, ("requests", 6, "/changes/")),
    "accountant": (*_READ, *_FIGURES, ("budget", 6, "/budget/?year=2024")),
    "post_clerk": (
        *_POST,
        ("pay desk", 3, "/post/desk/{day}/"),
        ("pay desk's list", 3, "/post/desk/{day}/list"),
    ),
    "viewer": _FIGURES,
    "administrator": (
        *_READ,
        *_FIGURES,
        ("banks", 2, "/banks/"),
        ("reconciliation", 2, "/banks/reconciliation/?month=2024-11"),
        ("officers", 1, "/officers/"),
        ("law", 2, "/law/"),
    ),
    "auditor": (*_READ, *_FIGURES, ("law", 1, "/law/"), ("person's story", 6, "/people/{person}/story/")),
}
WORDS = ("Nguyễn", "Trần Thị", "Lê Văn", "nguyen van", "Phạm", "Huỳnh Thị", "Đặng", "vo thi")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: what was asked, when (monotonic), how long it took in seconds, its status (0: none)."""

    name: str
    at: float
    seconds: float
    status: int


@dataclass
class Site:
    """The address of the site, and everything it answered."""

    port: int
    until: float
    answers: list[Answer] = field(default_factory=list)

    async def ask(
        self, name: str, path: str, headers: dict[str, str], *, body: bytes = b"", method: str = "GET"
    ) -> tuple[int, bytes]:
        """One request on a connection of its own, as a proxy without keep-alive sends it."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close"]
        lines += [f"{key}: {value}" for key, value in headers.items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        sent = time.monotonic()
        status, content = 0, b""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write("\r\n".join([*lines, "", ""]).encode() + body)
                await writer.drain()
                head, _blank, content = (await reader.read(-1)).partition(b"\r\n\r\n")
                writer.close()
                status = int(head.split(b" ", 2)[1])
                if b"chunked" in head.lower():
                    content = _joined(content)
        except (OSError, TimeoutError, IndexError, ValueError):
            status = 0
        self.answers.append(Answer(name, sent, time.monotonic() - sent, status))
        return status, content

    @property
    def open(self) -> bool:
        return time.monotonic() < self.until


def headers_of(who: Officer, cookie: str) -> dict[str, str]:
    """What her browser sends."""
    return {"Cookie": f"{cookie}={who.session}", "Accept": "text/html"}


def addresses_of(who: Officer, draw: Random) -> list[tuple[str, str]]:
    """Every page of her role that has something to show her: name and address, each as often as its weight says."""
    known = {"person": who.people, "batch": who.batches, "day": who.days}
    ids: dict[str, Any] = {name: draw.choice(found) for name, found in known.items() if found}
    ids["word"] = quote_plus(draw.choice(WORDS))
    ids["key"] = uuid.UUID(int=draw.getrandbits(128))
    return [
        (name, address.format(**ids))
        for name, weight, address in PAGES[who.role]
        if all(part in ids for _text, part, _spec, _kind in Formatter().parse(address) if part)
        for _time in range(weight)
    ]


async def officer(site: Site, who: Officer, *, cookie: str, think: tuple[float, float], draw: Random) -> None:
    """Opens a page of her role, reads it for some seconds, opens the next."""
    await asyncio.sleep(draw.uniform(0, think[1]))
    while site.open:
        name, address = draw.choice(addresses_of(who, draw))
        await site.ask(name, address, headers_of(who, cookie))
        await asyncio.sleep(draw.uniform(*think))


async def bank(site: Site, who: BankClient, *, think: tuple[float, float], draw: Random) -> None:
    """Signs in, confirms and pays its lists in messages of 500, and looks around meanwhile until the end."""
    form = {
        "grant_type": "client_credentials",
        "client_id": who.client_id,
        "client_secret": who.secret,
    }
    await asyncio.sleep(draw.uniform(0, think[1]))
    status, content = await site.ask(
        "API token",
        "/api/banks/v1/token",
        {"Content-Type": "application/x-www-form-urlencoded"},
        body=urlencode(form).encode(),
        method="POST",
    )
    if status != 200:
        return  # counted as failed
    line = _Line(site, json.loads(content)["access_token"], think, draw)
    while site.open:
        for found in (await line.get("API lists", "/batches?state=released")).get("items", []):
            if site.open:
                await _take(line, found)
        lists = (await line.get("API lists", "/batches")).get("items", [])
        if lists and site.open:
            async for _row in line.pages("API payments", f"/batches/{draw.choice(lists)['id']}/payments"):
                pass
        for path in ("/stop-orders?answer=waiting", "/account-inquiries?state=waiting", "/notices", "/me"):
            await line.get("API " + path.split("?")[0].strip("/"), path)


@dataclass
class _Line:
    site: Site
    token: str
    think: tuple[float, float]
    draw: Random

    async def get(self, name: str, path: str) -> dict[str, Any]:
        return await self._call("GET", name, path, None)

    async def post(self, name: str, path: str, body: Any, *, key: str) -> dict[str, Any]:
        return await self._call("POST", name, path, body, {"Idempotency-Key": key})

    async def pages(self, name: str, path: str) -> AsyncIterator[dict[str, Any]]:
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(name, f"{path}?cursor={cursor}&limit=500")
            for item in page.get("items", []):
                yield item
            cursor = page.get("next")

    async def _call(
        self, method: str, name: str, path: str, body: Any, more: dict[str, str] | None = None
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Content-Type": "application/json",
            **(more or {}),
        }
        sent = b"" if body is None else json.dumps(body).encode()
        _status, content = await self.site.ask(
            name, f"/api/banks/v1{path}", headers, body=sent, method=method
        )
        await asyncio.sleep(self.draw.uniform(*self.think))
        try:
            return dict(json.loads(content))
        except ValueError:
            return {}


async def _take(line: _Line, found: dict[str, Any]) -> None:
    rows = [row async for row in line.pages("API payments", f"/batches/{found['id']}/payments")]
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{row['key']}|{row['account']}|{row['amount']}\n".encode())
    body = {
        "count": len(rows),
        "amount": sum(row["amount"] for row in rows),
        "sha256": digest.hexdigest(),
    }
    path, name = f"/batches/{found['id']}/acknowledgement", f"load-{found['id']}"
    await line.post("API acknowledgement", path, body, key=name)
    for start in range(0, len(rows), 500):
        items = [
            {"key": row["key"], "status": "paid", "on": "2024-12-05"} for row in rows[start : start + 500]
        ]
        message = {"message_id": f"{name}-{start}", "items": items}
        await line.post("API results", "/results", message, key=f"{name}-{start}")


def _joined(content: bytes) -> bytes:
    """The body of a chunked answer."""
    joined = b""
    while content:
        size, _line, content = content.partition(b"\r\n")
        length = int(size, 16)
        if not length:
            break
        joined += content[:length]
        content = content[length + 2 :]
    return joined
