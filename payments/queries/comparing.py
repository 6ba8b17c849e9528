"""A month's real payment list against what the law grants for that month, person by person. Writes nothing.

Who a row is: by citizen number; else by folded name, birth date and commune together, where one person answers.
Whoever is not told apart so is shown as unclear with the people it may be: nobody is guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import islice

from django.db import connection
from django.utils.translation import gettext as _

from accounts.access import Action, Reader
from areas.models import Succession
from beneficiaries.models import Precision
from beneficiaries.roll.paid_list import PaidLine
from common import crypto, sql
from common.money import format_vnd
from common.months import show_birth
from common.text import fold
from payments.queries.explain import due_params, due_relations, dues_of

_EXPLAINED_AT_ONCE = 2_000
_OLD_NUMBER = 9
_NUMBER_DOMAIN = "national_id"


class Verdict(StrEnum):
    SAME = "same"
    DIFFERENT = "different"
    LIST_ONLY = "list_only"
    OURS_ONLY = "ours_only"
    UNCLEAR = "ambiguous"


@dataclass(frozen=True, slots=True)
class Known:
    """A person of ours; `due` is đồng for the month, not to be relied on where a rate is missing (`unrated`)."""

    id: int
    name: str
    name_folded: str
    birth_date: date
    birth_precision: str
    national_id_index: bytes | None
    died_on: date | None
    commune_id: int
    due: int
    unrated: bool


@dataclass(slots=True)
class Entry:
    """One person, or one unclear row: đồng by the list and by the law, and in words why."""

    verdict: Verdict
    name: str
    listed: int
    ours: int
    rows: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    person: int | None = None
    birth: str = ""
    commune_id: int | None = None


@dataclass(slots=True)
class Total:
    people: int = 0
    listed: int = 0
    ours: int = 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """`entries` are all but the same ones; `totals` add up to both sums."""

    month: date
    on: date
    totals: dict[Verdict, Total]
    entries: list[Entry]

    @property
    def listed(self) -> int:
        return sum(total.listed for total in self.totals.values())

    @property
    def ours(self) -> int:
        return sum(total.ours for total in self.totals.values())


def compare_list(
    *,
    lines: Iterable[PaidLine],
    month: date,
    on: date,
    reader: Reader,
    scheme: str = "",
    communes: frozenset[int] | None = None,
) -> Comparison:
    """Hold the rows of a list against the dues of `month` by the decrees in force on `on`.

    Arrears, recoveries and what was settled elsewhere are not looked at: a list that holds them differs, and shows
    it. `scheme` and `communes` (ids) say that the list is of these alone: nobody else is missed in it.
    """
    people = list(people_of_month(month=month, on=on, reader=reader, scheme=scheme))
    book = _Book(people)
    rows: dict[int, list[PaidLine]] = defaultdict(list)
    remarks: dict[int, list[str]] = defaultdict(list)
    entries: list[Entry] = []
    doubted: set[int] = set()
    for line in lines:
        answer = book.find(line)
        if answer.person is not None:
            rows[answer.person.id].append(line)
            remarks[answer.person.id] += [answer.words] if answer.words else []
        elif answer.candidates:
            doubted |= {candidate.id for candidate in answer.candidates}
            entries.append(_unclear(line, answer))
        else:
            entries.append(_of_row(Verdict.LIST_ONLY, line, answer.words))
    totals = {verdict: Total() for verdict in Verdict}
    for person in people:
        entry = _judged(person, rows.get(person.id), communes)
        if entry is None:
            continue
        if entry.verdict == Verdict.OURS_ONLY and person.id in doubted:
            # Perhaps an unclear row is theirs: their dues stand there, so that the sums hold.
            totals[Verdict.UNCLEAR].ours += entry.ours
        elif entry.verdict == Verdict.SAME:
            _count(totals, entry)
        else:
            entry.words += remarks.get(person.id, [])
            entries.append(entry)
    for entry in entries:
        _count(totals, entry)
    _explain(entries, {person.id: person for person in people}, month, on)
    order = list(Verdict)
    entries.sort(key=lambda entry: (order.index(entry.verdict), entry.name, entry.person or 0))
    return Comparison(month, on, totals, entries)


def people_of_month(*, month: date, on: date, reader: Reader, scheme: str = "") -> Iterator[Known]:
    """Everybody whom the reader may see with the dues of `month`, of one scheme or both, by the decrees of `on`."""
    params = due_params(month=month, on=on) | {
        "scheme": scheme, "units": list(reader.units(Action.SEE_PAYMENTS)),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"{due_relations()}\n{sql.load('payments', 'due_of_month')}", params)
        while batch := cursor.fetchmany(5_000):
            for pk, name, folded, born, known_to, number, *rest in batch:
                yield Known(
                    pk, name, folded, born, known_to, None if number is None else bytes(number), *rest
                )


@dataclass(frozen=True, slots=True)
class _Answer:
    """Who a row is: a person, or none for sure (`candidates`), or nobody; `words` say what is to be noted."""

    person: Known | None
    words: str = ""
    candidates: Sequence[Known] = ()


class _Book:
    """Our people by number, and by name and year of birth."""

    def __init__(self, people: Sequence[Known]) -> None:
        self._by_number: dict[bytes, list[Known]] = defaultdict(list)
        self._by_name: dict[tuple[str, int], list[Known]] = defaultdict(list)
        for person in people:
            if person.national_id_index is not None:
                self._by_number[person.national_id_index].append(person)
            self._by_name[person.name_folded, person.birth_date.year].append(person)
        # Before and after a reorganisation one place has two codes.
        self._followed = set(Succession.objects.values_list("predecessor_id", "successor_id"))

    def find(self, line: PaidLine) -> _Answer:
        if line.national_id:
            index = crypto.blind_index(line.national_id, domain=_NUMBER_DOMAIN)
            if numbered := self._by_number.get(index):
                return self._by_the_number(line, numbered)
        if line.birth is None:
            return _Answer(None, _("Nobody of ours has this citizen number, and the list has no birth date."))
        return self._by_the_name(line, line.birth)

    def _by_the_number(self, line: PaidLine, numbered: list[Known]) -> _Answer:
        found = [person for person in numbered if person.died_on is None] or numbered
        if len(found) > 1:
            return _Answer(None, _("Several of ours have this citizen number."), found)
        person = found[0]
        if fold(line.name) == person.name_folded:
            return _Answer(person)
        if line.birth is not None and not _born_alike(person, line.birth):
            return _Answer(None, _("Ours with this citizen number has another name and birth date."), found)
        return _Answer(person, _("The list writes the name “%(name)s”.") % {"name": line.name})

    def _by_the_name(self, line: PaidLine, birth: tuple[date, str]) -> _Answer:
        namesakes = self._by_name.get((fold(line.name), birth[0].year), [])
        alike = [person for person in namesakes if _born_alike(person, birth)]
        here = [person for person in alike if self._lives_there(person, line.commune_id)]
        if not alike:
            return _Answer(None, _("Nobody of ours has this name and birth date."))
        if not here:
            return _Answer(None, _("Ours of this name and birth date lives in another commune."), alike)
        if len(here) > 1:
            return _Answer(None, _("Several of ours have this name and birth date."), here)
        person, exact = here[0], birth[1] == here[0].birth_precision == Precision.DAY
        if line.commune_id is None and not exact:
            return _Answer(
                None, _("Without a commune or a full birth date the name alone does not tell."), here
            )
        if line.national_id and person.national_id_index is not None:
            if not exact or len(line.national_id) != _OLD_NUMBER:
                return _Answer(None, _("Ours of this name and birth date has another citizen number."), here)
            return _Answer(person, _("The list has an old identity number, not the one that we know."))
        if line.national_id:
            return _Answer(person, _("The list has a citizen number; we know none."))
        return _Answer(person)

    def _lives_there(self, person: Known, commune: int | None) -> bool:
        pair = (person.commune_id, commune)
        return commune in (None, person.commune_id) or pair in self._followed or pair[::-1] in self._followed


def _born_alike(person: Known, birth: tuple[date, str]) -> bool:
    """Whether two birth dates agree as far as both are known."""
    day, precision = birth
    if Precision.YEAR in (precision, person.birth_precision):
        return day.year == person.birth_date.year
    if Precision.MONTH in (precision, person.birth_precision):
        return (day.year, day.month) == (person.birth_date.year, person.birth_date.month)
    return day == person.birth_date


def _judged(person: Known, rows: list[PaidLine] | None, communes: frozenset[int] | None) -> Entry | None:
    """What became of one of ours; None for those who are in neither list, or not of this list."""
    if rows is None:
        missed = (person.due > 0 or person.unrated) and (communes is None or person.commune_id in communes)
        return _entry(person, Verdict.OURS_ONLY, []) if missed else None
    listed = sum(row.amount for row in rows)
    if person.unrated or (listed != person.due and person.due > 0):
        return _entry(person, Verdict.DIFFERENT, rows)
    return _entry(person, Verdict.SAME if listed == person.due else Verdict.LIST_ONLY, rows)


def _entry(person: Known, verdict: Verdict, rows: list[PaidLine]) -> Entry:
    words = [said for row in rows for said in _says(row)] if verdict != Verdict.SAME else []
    return Entry(
        verdict, person.name, sum(row.amount for row in rows), person.due, [_place(row) for row in rows], words,
        person.id, _birth((person.birth_date, person.birth_precision)), person.commune_id,
    )  # fmt: skip


def _unclear(line: PaidLine, answer: _Answer) -> Entry:
    perhaps = [
        _("Perhaps %(name)s, born %(birth)s: %(amount)s by the law.")
        % {
            "name": person.name,
            "birth": _birth((person.birth_date, person.birth_precision)),
            "amount": format_vnd(person.due),
        }
        for person in answer.candidates
    ]
    return _of_row(Verdict.UNCLEAR, line, answer.words, *perhaps)


def _of_row(verdict: Verdict, line: PaidLine, *words: str) -> Entry:
    return Entry(verdict, line.name, line.amount, 0, [_place(line)], [*words, *_says(line)],
                 birth=_birth(line.birth), commune_id=line.commune_id)  # fmt: skip


def _place(line: PaidLine) -> str:
    return f"{line.sheet}!{line.number}"


def _says(line: PaidLine) -> list[str]:
    return (
        [_("List: %(amount)s, %(says)s") % {"amount": format_vnd(line.amount), "says": line.says}]
        if line.says
        else []
    )


def _birth(birth: tuple[date, str] | None) -> str:
    return show_birth(*birth) if birth else ""


def _count(totals: dict[Verdict, Total], entry: Entry) -> None:
    total = totals[entry.verdict]
    total.people += 1
    total.listed += entry.listed
    total.ours += entry.ours


def _explain(entries: list[Entry], people: dict[int, Known], month: date, on: date) -> None:
    """Put into words which dues make ours, or why there are none."""
    known = iter([entry for entry in entries if entry.person is not None])
    while batch := list(islice(known, _EXPLAINED_AT_ONCE)):
        dues = dues_of([entry.person for entry in batch if entry.person], month=month, on=on, reveals=False)
        for entry in batch:
            assert entry.person is not None
            found = dues.get(entry.person, [])
            entry.words[:0] = [f"{due.name}: {due.words}" for due in found] or [
                _nothing(people[entry.person])
            ]


def _nothing(person: Known) -> str:
    if person.died_on is not None:
        return _("Nothing is due: died on %(day)s.") % {"day": f"{person.died_on:%d/%m/%Y}"}
    return _("Nothing is due: no benefit is granted to this person for the month.")
