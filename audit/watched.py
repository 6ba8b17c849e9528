"""Which tables are watched: all of the project's own, but for those named here with the reason.

A new table is thus watched from its first migration on, without anybody remembering to.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models

UNWATCHED = {
    "audit_entry": "history itself: append-only and sealed",
    "audit_seal": "history itself: append-only and chained",
    "payments_event": "history itself: append-only and sealed",
    "payments_adjustment": "history itself: append-only and sealed",
    "postal_mark": "history itself: append-only",
    "beneficiaries_changeevent": "history itself: append-only",
    "payments_payment": "the engine's rows: each change of state has its event (I2)",
    "payments_line": "the engine's rows: proved against the law by I1",
    "payments_slice": "a queue",
    "payments_stop": "a queue",
    "payments_reckoned": "a queue's receipts",
    "payments_conversionpart": "a queue; the grants that it changes are watched",
    "payments_excess": "whom the list of overpayments reckons, found again by every look-back",
    "beneficiaries_reckon": "a queue",
    "payments_message": "a bank's own words, kept with their hash; its effects are events",
    "payments_statementline": "a bank's own words, kept with their hash",
    "benefits_proposalpart": "figures of a preview, reckoned from what is watched",
    "reports_snapshot": "figures, reckoned from what is watched",
    "reports_figure": "figures, reckoned from what is watched",
    "banks_token": "lives an hour",
    "banks_storedanswer": "what was answered, for a day",
    "banks_notice": "an outbox made from events",
    "banks_attempt": "an outbox's attempts",
    "banks_inquiry": "a question to a bank that keeps its own answer",
    "desk_savedview": "an officer's own filters and columns: no decision, and only she sees them",
    "postal_listing": "which day's list a payment stands on, dealt out from what is watched",
    "postal_tally": "sums of what has its events, proved by I11",
    "postal_marktally": "sums of the marks, proved by I11",
    "areas_succession": "loaded from the release's file",
}
# Derived from other columns, how far a task has come, or no decision of anybody.
IGNORED = {
    "beneficiaries_person": {"name_folded", "name_sort"},
    "accounts_user": {"last_login"},
    "desk_rollupload": {"rows", "done", "seen_at"},
    "postal_listarchive": {"done", "all"},
}
_PERSONS = 10**10  # a payment's id ends in its person's (docs/adr/002-payment-key.md)


@dataclass(frozen=True, slots=True)
class Watched:
    """A table, its key, the columns left out and those of which only the change is told, and whom a row concerns."""

    table: str
    key: str
    ignored: tuple[str, ...]
    masked: tuple[str, ...]
    person: str
    batch: str
    join: str


def watched_tables() -> list[Watched]:
    """Every table of the project's own apps that is not excepted, in order of names."""
    root = Path(settings.BASE_DIR)
    own = [config for config in apps.get_app_configs() if Path(config.path).parent == root]
    models_here = [
        model
        for config in own
        for model in config.get_models(include_auto_created=True)
        if model._meta.managed
    ]
    return sorted(
        (_watched(model) for model in models_here if model._meta.db_table not in UNWATCHED),
        key=lambda watched: watched.table,
    )


def _watched(model: type[models.Model]) -> Watched:
    table = model._meta.db_table
    ignored = set(IGNORED.get(table, ()))
    masked = set()
    columns = _columns(model)
    for column, field in columns.items():
        binary = field.get_internal_type() == "BinaryField"
        # A value that is encrypted anew under another key has not changed: its blind index says whether it has.
        if binary and f"{column}_index" in columns:
            ignored.add(column)
        elif binary or _is_secret(column):
            masked.add(column)
    person, join = _person_of(model)
    return Watched(
        table=table,
        key=_key(model),
        ignored=tuple(sorted(ignored)),
        masked=tuple(sorted(masked)),
        person=person,
        batch=_batch_of(model),
        join=join,
    )


def _is_secret(column: str) -> bool:
    return any(word in column for word in ("password", "secret", "recovery_code"))


def _key(model: type[models.Model]) -> str:
    fields = model._meta.pk_fields
    return (
        " || ',' || ".join(f"r.{field.column}" for field in fields)
        if len(fields) > 1
        else f"r.{fields[0].column}"
    )


def _person_of(model: type[models.Model]) -> tuple[str, str]:
    """SQL of the id of the person whom a row `r` concerns, and the join that it needs."""
    if model._meta.label_lower == "beneficiaries.person":
        return "r.id", ""
    targets = _targets(model)
    if "beneficiaries.person" in targets:
        return f"r.{targets['beneficiaries.person']}", ""
    for label in ("beneficiaries.entitlement", "beneficiaries.payoutmethod"):
        if label in targets:
            parent = apps.get_model(label)._meta.db_table
            return "parent.person_id", f"LEFT JOIN {parent} parent ON parent.id = r.{targets[label]}"
    if "payments.payment" in targets:
        return f"r.{targets['payments.payment']} % {_PERSONS}", ""
    return "NULL::bigint", ""


def _batch_of(model: type[models.Model]) -> str:
    if model._meta.label_lower == "payments.batch":
        return "r.id"
    column = _targets(model).get("payments.batch")
    return f"r.{column}" if column else "NULL::bigint"


def _targets(model: type[models.Model]) -> dict[str, str]:
    """The column of the first foreign key to each table."""
    found: dict[str, str] = {}
    for column, field in _columns(model).items():
        if isinstance(field, models.ForeignKey):
            found.setdefault(field.related_model._meta.label_lower, column)
    return found


def _columns(model: type[models.Model]) -> dict[str, models.Field[Any, Any]]:
    return {field.column: field for field in model._meta.concrete_fields if field.column}
