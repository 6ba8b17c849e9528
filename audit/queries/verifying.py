"""Whether history is what was sealed: rows against blocks, blocks against the chain, the chain against an export."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit.chain import FIRST, link, printed
from audit.history import APPEND_ONLY, CHAINED
from audit.models import Seal
from audit.triggers import TRIGGERS
from audit.watched import watched_tables
from common import sql

_MARK = 8  # bytes of a row's hash kept with its block


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: `altered`, `removed` or `inserted` names a row; `chain` a seal; `trigger` a table's guard."""

    kind: str
    table: str
    row: int | None = None
    seal: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rows` under `seals` were looked at; `unsealed` came since the last seal and prove nothing yet."""

    seals: int
    rows: int
    unsealed: int
    head: str
    findings: list[Finding]


def verify(*, exported: Iterable[Mapping[str, Any]] = ()) -> Verdict:
    """Look through the whole history. `exported` are seals kept elsewhere, with which no chain made anew agrees."""
    seals = rows = 0
    head, findings = FIRST.hex(), []
    for one, broken in _chain():
        seals, rows, head = seals + 1, rows + one["count"], one["digest"]
        findings += [broken] if broken else []
    findings += [finding for table in CHAINED for finding in _rows(table)]
    findings += _against(exported)
    findings += _guards()
    return Verdict(seals=seals, rows=rows, unsealed=_unsealed(), head=head, findings=findings)


def exported_seals(*, since: int = 0) -> Iterator[dict[str, Any]]:
    """The seals after number `since` as they are exported, hashes in hexadecimal; one at a time."""
    for one in Seal.objects.filter(number__gt=since).defer("ids", "marks").order_by("number").iterator():
        yield {
            "number": one.number,
            "table": one.table_name,
            "after": one.after,
            "upto": one.upto,
            "count": one.count,
            "content": bytes(one.content).hex(),
            "digest": bytes(one.digest).hex(),
            "at": one.at.isoformat(),
        }


def _chain() -> Iterator[tuple[dict[str, Any], Finding | None]]:
    """Each seal, and what is wrong with its place in the chain."""
    number, digest, reached = 0, FIRST, dict.fromkeys(CHAINED, 0)
    for one in exported_seals():
        place = {name: one[name] for name in ("number", "table", "after", "upto", "count")}
        expected = link(digest, **place, content=bytes.fromhex(one["content"]))
        fits = one["number"] == number + 1 and one["after"] == reached.get(one["table"])
        fits = fits and expected.hex() == one["digest"]
        number, digest, reached[one["table"]] = one["number"], bytes.fromhex(one["digest"]), one["upto"]
        yield one, None if fits else Finding("chain", one["table"], seal=number)


def _rows(table: str) -> Iterator[Finding]:
    statement = "WITH printed AS NOT MATERIALIZED (" + sql.load("audit", printed(table)) + ")\n"
    with connection.cursor() as cursor:
        cursor.execute(statement + sql.load("audit", "broken_blocks"), {"table_name": table})
        for number, ids, marks, found_ids, found_marks in cursor.fetchall():
            yield from _named(table, number, _by_id(ids, marks), _by_id(found_ids, found_marks))


def _named(table: str, seal: int, sealed: dict[int, bytes], found: dict[int, bytes]) -> Iterator[Finding]:
    """The rows in which a block differs from what was sealed; the block alone where it no longer says which."""
    differing = [row for row in sorted(sealed.keys() | found.keys()) if sealed.get(row) != found.get(row)]
    if not differing:
        yield Finding("altered", table, seal=seal)
    for row in differing:
        kind = "removed" if row not in found else "inserted" if row not in sealed else "altered"
        yield Finding(kind, table, row=row, seal=seal)


def _by_id(ids: list[int], marks: bytes) -> dict[int, bytes]:
    packed = bytes(marks)
    return {row: packed[place * _MARK : (place + 1) * _MARK] for place, row in enumerate(ids)}


def _against(exported: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for one in exported:
        kept = Seal.objects.filter(number=one["number"]).values_list("digest", flat=True).first()
        if kept is None or bytes(kept).hex() != one["digest"]:
            yield Finding("chain", one["table"], seal=one["number"])


def _unsealed() -> int:
    upto = dict.fromkeys(CHAINED, 0)
    for one in Seal.objects.order_by("number").values_list("table_name", "upto").iterator():
        upto[one[0]] = one[1]
    with connection.cursor() as cursor:
        total = 0
        for table in CHAINED:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE id > %s", [upto[table]])
            total += cursor.fetchone()[0]
    return total


def _guards() -> Iterator[Finding]:
    """Triggers that are missing or switched off: those that write the audit, and those that keep history."""
    wanted = {(watched.table, trigger) for watched in watched_tables() for trigger in TRIGGERS}
    wanted |= {(table, "append_only") for table in APPEND_ONLY}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')")
        present = set(cursor.fetchall())
    yield from (Finding("trigger", f"{table}.{trigger}") for table, trigger in sorted(wanted - present))
