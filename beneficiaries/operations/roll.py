"""Apply a roll: thousands of rows in one transaction, set-based, and nothing new the second time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from beneficiaries.models import FUNERAL_CATEGORIES, Channel, Payee, PayeeRole, PayoutMethod, Person
from beneficiaries.roll.problem import Problem
from beneficiaries.roll.row import RollRow
from common import crypto, sql
from common.cccd import mask_account
from common.text import clean_name, fold, person_sort_key

# Until this age a person is represented by a guardian (Civil Code of 2015, Art. 47 and 136).
_ADULT = 18
_BATCH = 5_000

_COLUMNS = (
    "id", "sheet", "number", "person_key", "person_uuid", "national_id", "national_id_index", "name", "name_folded",
    "name_sort", "birth_date", "birth_precision", "sex", "phone", "died_on", "notes", "commune_id", "hamlet",
    "residence_from", "category", "from_month", "settled_before", "last_month", "end_reason", "decision_number",
    "decision_date", "injury_rate", "seniority_years", "heads", "disability_certificate", "certificate_until",
    "children", "channel", "provider", "method_uuid", "account", "account_index", "holder", "verified_on", "pay_at",
    "payout_from", "payee_uuid", "payee_role", "payee_name", "payee_national_id", "payee_national_id_index",
    "obstacle",
)  # fmt: skip

_STEPS = (
    "roll_people_added",
    "roll_residences_added",
    "roll_entitlements_added",
    "roll_children_added",
    "roll_payouts_added",
    "roll_payees_added",
    "roll_obstacles_added",
    "roll_reckon",
)
# Problems of what is granted, not of who it is.
_OF_THE_GRANT = ("repeated", "two_entitlements", "funeral_granted", "funeral_repeated")
# What a changed row ends or corrects, before the rows above take its place.
_STEPS_OF_CHANGES = (
    "roll_people_changed",
    "roll_residences_ended",
    "roll_entitlements_changed",
    "roll_children_removed",
    "roll_payouts_ended",
    "roll_payees_ended",
    "roll_obstacles_resolved",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that a row changes; accounts stand with their bank, by their last four digits."""

    sheet: str
    row: int
    name: str
    field: str
    before: str
    after: str


@dataclass(slots=True)
class RollResult:
    """How many rows were new, changed something, changed nothing; `errors` names the refused ones.

    `judged` is a digest of what became of each row: another one where the records have changed.
    """

    new: int
    changed: int
    unchanged: int
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    judged: str = ""

    @property
    def refused(self) -> int:
        return len(self.errors)


@transaction.atomic
def apply_roll(
    *,
    rows: Iterable[RollRow],
    dry_run: bool = False,
    first_load: bool = False,
    changes_from: date | None = None,
) -> RollResult:
    """Bring people, entitlements and payout methods to what `rows` say; the same rows again change nothing.

    A person is found by the citizen number; without one by folded name, birth date and present commune, and never
    where two answer: such rows are refused and named. An entitlement is found by person, category and overlapping
    period. A row that is absent, and a field left blank, change nothing. `settled_before` of an entitlement that
    exists stays. Moves and changed payout methods count from `changes_from` (default: the row's `residence_from`).

    Every new grant, and every change that touches money, makes its person reckoned again from the first month it
    touches; `first_load` leaves out the new grants, for a roll whose months are all paid by regular rounds.
    `dry_run` reports the same and writes nothing. Raises IntegrityError where a row breaks a constraint of the
    tables: rows come checked.
    """
    with connection.cursor() as cursor:
        stage(cursor, rows)
        result = apply_staged(cursor, first_load=first_load, changes_from=changes_from, write=not dry_run)
        if result.new and not first_load:
            result.warnings = lookalikes(cursor)
    if dry_run:
        transaction.set_rollback(True)
    return result


def stage(cursor: CursorWrapper, rows: Iterable[RollRow]) -> int:
    """Encrypt the rows and copy them, as they come, into the temporary table roll_row; how many there were."""
    cursor.execute(sql.load("beneficiaries", "roll_row"))
    count, source = 0, iter(rows)
    # Batch by batch: where the rows come from may query on this connection, which a running COPY holds.
    while batch := list(islice(source, _BATCH)):
        with cursor.copy(f"COPY roll_row ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for line in _lines(batch):
                count += 1
                copy.write_row((count, *line))
    cursor.execute("ANALYZE roll_row")
    return count


def apply_staged(
    cursor: CursorWrapper,
    *,
    first_load: bool = False,
    changes_from: date | None = None,
    units: frozenset[int] | None = None,
    describe: int = 0,
    write: bool = True,
) -> RollResult:
    """Apply what `stage` left in this transaction's temporary table; see `apply_roll`.

    `units` are the communes whose roll it is: people who live elsewhere are refused (a move is asked for). Up to
    `describe` changes of fields are told in `differences`.
    Without `write`, for a trial that the caller rolls back, a roll that is all new is judged only: nothing on record
    can refuse it any more. What changes is tried in full.
    """
    params = {
        "first_load": first_load,
        "changes_from": changes_from,
        "funerals": list(FUNERAL_CATEGORIES),
    }
    for table in ("roll_person", "roll_grant", "roll_change"):
        sql.run(cursor, "beneficiaries", table, params)
        if table == "roll_person" and units is not None:
            sql.run(cursor, "beneficiaries", "roll_elsewhere", {"units": sorted(units)})
        cursor.execute(f"ANALYZE {table}")
    refused = sql.rows(cursor, "beneficiaries", "roll_refused", params)
    counts = sql.rows(cursor, "beneficiaries", "roll_counts", params)[0]
    differences = _differences(cursor, describe) if counts["changed"] and describe else []
    if counts["changed"]:
        for step in _STEPS_OF_CHANGES:
            sql.run(cursor, "beneficiaries", step, params)
        _learn_numbers(cursor)
    judged = sql.rows(cursor, "beneficiaries", "roll_judged", {})[0]["digest"]
    if counts["changed"] or (write and counts["new"]):
        for step in _STEPS:
            sql.run(cursor, "beneficiaries", step, params)
    errors = [_refusal(row) for row in refused]
    return RollResult(**counts, errors=errors, differences=differences, judged=judged)


def _lines(rows: Iterable[RollRow]) -> Iterator[tuple[Any, ...]]:
    national_id_of = _sealer(Person, "national_id")
    account_of = _sealer(PayoutMethod, "account")
    payee_id_of = _sealer(Payee, "national_id")
    for row in rows:
        name, folded = clean_name(row.name), fold(row.name)
        person, method, payee = uuid4(), uuid4(), uuid4()
        national_id, national_id_index = national_id_of(row.national_id, person)
        bank = row.channel == Channel.BANK
        children = [[clean_name(c.name), c.birth_date.isoformat(), c.birth_precision] for c in row.children]
        yield (
            row.sheet, row.number, national_id_index or _name_key(folded, row), person, national_id, national_id_index,
            name, folded, person_sort_key(name), row.birth_date, row.birth_precision, row.sex, row.phone, row.died_on,
            clean_name(row.notes), row.commune_id, clean_name(row.hamlet), row.residence_from, row.category,
            row.from_month, row.settled_before, row.last_month, row.end_reason, clean_name(row.decision_number),
            row.decision_date, row.injury_rate, row.seniority_years, row.heads, clean_name(row.disability_certificate),
            row.certificate_until,
            _children_json(children), row.channel, row.provider, method,
            *account_of(row.account if bank else "", method),
            (clean_name(row.holder) or name) if bank else "", row.verified_on if bank else None, row.pay_at,
            row.payout_from, payee, _payee_role(row), clean_name(row.payee_name),
            *payee_id_of(row.payee_national_id, payee), row.obstacle,
        )  # fmt: skip


def _sealer(model: Any, name: str) -> Any:
    """A function from a text and its row's uuid to what the encrypted field and its blind index hold."""
    encrypted, index = model._meta.get_field(name), model._meta.get_field(f"{name}_index")

    def seal(text: str, row: UUID) -> tuple[bytes, bytes] | tuple[None, None]:
        if not text:
            return None, None
        return encrypted.encrypt(text, row), crypto.blind_index(text, domain=index.domain)

    return seal


def _name_key(folded: str, row: RollRow) -> bytes:
    return hashlib.sha256(f"{folded}|{row.birth_date}|{row.commune_id}".encode()).digest()


def _children_json(children: list[list[str]]) -> str | None:
    keys = ("name", "birth_date", "birth_precision")
    return json.dumps([dict(zip(keys, child, strict=True)) for child in children]) if children else None


def _payee_role(row: RollRow) -> str:
    if not row.payee_name:
        return ""
    grown_up = (row.birth_date.year + _ADULT, row.birth_date.month, row.birth_date.day)
    start = row.residence_from
    return PayeeRole.AUTHORISED if (start.year, start.month, start.day) >= grown_up else PayeeRole.GUARDIAN


def _learn_numbers(cursor: CursorWrapper) -> None:
    """A number new to someone known without one: encrypted again, for the row that it now belongs to."""
    cursor.execute(
        "SELECT p.id, p.uuid, r.person_uuid, r.national_id, r.national_id_index FROM roll_person m"
        " JOIN roll_row r ON r.id = m.row_id JOIN beneficiaries_person p ON p.id = m.person_id"
        " WHERE m.learns_number AND m.problem IS NULL"
    )
    column = Person._meta.get_field("national_id")
    learnt = [
        (column.encrypt(column.decrypt(bytes(stored), Person(uuid=staged)), uuid), bytes(index), pk)
        for pk, uuid, staged, stored, index in cursor.fetchall()
    ]
    cursor.executemany(
        "UPDATE beneficiaries_person SET national_id = %s, national_id_index = %s WHERE id = %s", learnt
    )


def _differences(cursor: CursorWrapper, most: int) -> list[Difference]:
    return [
        Difference(row["sheet"], row["number"], row["name"], row["field"], *_before_and_after(row))
        for row in sql.rows(cursor, "beneficiaries", "roll_differences", {"most": most})
    ]


def _before_and_after(row: dict[str, Any]) -> tuple[str, str]:
    if row["field"] != "account":
        return row["before"], row["after"]
    column = PayoutMethod._meta.get_field("account")
    shown = []
    for bank, stored, uuid in (
        (row["before"], row["old_account"], row["old_uuid"]),
        (row["after"], row["new_account"], row["new_uuid"]),
    ):
        number = column.decrypt(bytes(stored), PayoutMethod(uuid=uuid)) if stored else ""
        shown.append(f"{bank} {mask_account(number)}" if number else bank)
    return shown[0], shown[1]


def lookalikes(cursor: CursorWrapper) -> list[Problem]:
    """A warning for each new person of the staged rows who has the name, birth date and commune of somebody else."""
    message = _("Someone of the same name and birth date already lives in this commune. If it is one person, "
                "correct the citizen number so that nobody is paid twice.")  # fmt: skip
    return [
        Problem(row["sheet"], row["number"], "national_id", "lookalike", message)
        for row in sql.rows(cursor, "beneficiaries", "roll_lookalikes", {})
    ]


def _refusal(row: dict[str, Any]) -> Problem:
    messages = {
        "number_missing": _("Row %(row)s describes someone of the same name, birth date and commune with a citizen "
                            "number: write the number here too, or tell the two apart."),
        "two_people": _("Two people of this name, birth date and commune are registered: write the citizen number."),
        "perhaps_known": _("Someone of this name, year of birth and commune is registered without a citizen number: "
                           "write the number on that person's page first, or enter this person by hand."),
        "lives_elsewhere": _("This person is registered in another area: ask for a move instead of entering the "
                             "person here."),
        "same_person": _("This is the person of row %(row)s, described differently: describe them alike."),
        "repeated": _("Row %(row)s already grants this category to this person for the same months."),
        "two_entitlements": _("Two registered entitlements of this category overlap these months: write the months "
                              "of the one that is meant."),
        "funeral_granted": _("The funeral of this person has been granted already: one is paid for a death."),
        "funeral_repeated": _("Row %(row)s already grants the funeral of this person: one is paid for a death."),
    }  # fmt: skip
    other = f"{row['other_sheet']}!{row['other_number']}" if row["other_number"] else ""
    column = "category" if row["problem"] in _OF_THE_GRANT else "national_id"
    return Problem(
        row["sheet"], row["number"], column, row["problem"], messages[row["problem"]] % {"row": other}
    )
