"""Payment service providers: the banks by their BIN, and the Post."""

from __future__ import annotations

import csv
from pathlib import Path

from django.db import transaction

from beneficiaries.models import Provider
from common.reference import Changes, bring_to

BANKS = Path(__file__).parent / "data" / "banks.csv"


@transaction.atomic
def load_providers() -> Changes:
    """Bring the providers to beneficiaries/data/banks.csv; a second run changes nothing.

    Keyed on the BIN, never on a short name: banks are renamed and keep their BIN. A provider that is no
    longer listed is set out of use, not removed: payments name it.
    """
    with open(BANKS, encoding="utf-8", newline="") as file:
        wanted = [
            Provider(**{name: row[name] for name in ("code", "channel", "name", "short_name", "swift")})
            for row in csv.DictReader(file)
        ]
    changes = bring_to(Provider.objects.all(), wanted, key=["code"])
    unlisted = Provider.objects.filter(active=True).exclude(code__in=[row.code for row in wanted])
    changes.retired = list(unlisted)
    unlisted.update(active=False)
    return changes
