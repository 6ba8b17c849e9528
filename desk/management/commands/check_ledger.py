"""`manage.py check_ledger`: the invariants, each with the rows checked; exit 1 if one is broken."""

from __future__ import annotations

import sys
from typing import Any

from common.commands import JsonCommand
from desk.queries.ledger import check_ledger


class Command(JsonCommand):
    help = "Prove the invariants of docs/invariants.md on the live database."

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        found = []
        for invariant in check_ledger():
            found.append(invariant)
            if not as_json:
                verdict = (
                    f"{invariant.rows:>10} rows, {invariant.broken} broken"
                    if invariant.live
                    else "tested, not live"
                )
                self.stdout.write(f"{invariant.id:<4} {verdict:<32} {invariant.text}")
        ok = not any(invariant.broken for invariant in found)
        if as_json:
            rows = [{"id": i.id, "rows": i.rows, "broken": i.broken, "live": i.live} for i in found]
            self.emit({"ok": ok, "invariants": rows})
        if not ok:
            sys.exit(1)
