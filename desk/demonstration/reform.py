"""The months around the reorganisation of 2025-07-01, as `make demo REFORM=1` shows them after the year 2024."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.access import province_reader
from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.operations.grants import Decision
from common.money import format_number
from common.progress import progress_bar
from desk.demonstration.year import Cast, MonthShown, cast, show_month
from desk.operations.reorganisation import confirm, prepare
from desk.queries.reorganisation import RoleMove, preview
from payments.models import Cycle, CycleState
from payments.operations import conversion
from payments.operations.cycles import run_cycle
from payments.operations.generation import open_cycle
from reports.operations import refresh_figures
from reports.queries.coverage import By, coverage

REFORM = date(2025, 7, 1)
JUNE, AUGUST = date(2025, 6, 1), date(2025, 8, 1)
BEFORE = [date(2025, month, 1) for month in range(1, 6)]

Step = Callable[[str], AbstractContextManager[None]]


def show_reform(*, password: str, step: Step, write: Callable[[str], object]) -> None:
    """January to May, the lists of June, the reorganisation by two people, June finished, July and August."""
    for month in BEFORE:
        _month(month, cast(), write)
    if not Cycle.objects.filter(pk=JUNE).exists():
        with step("The lists of June are made in the districts and stay open"):
            run_cycle(month=JUNE, at=timezone.now)
    people = cast()
    with step("Districts end: people, officers and paying move to the new communes"):
        shown = preview(on_date=REFORM)
        if shown.people:
            prepare(on_date=REFORM, by=people.first_closer, at=_noon(date(2025, 6, 25)))
            moved = confirm(on_date=REFORM, by=people.second_closer, at=_noon(date(2025, 6, 26)))
            _rename(shown.roles)
            write(f"{format_number(moved.people)} people and {moved.roles} roles moved")
        write(f"{commune_officers(shown.without_officers, password)} officers for communes that lacked one")
        write(f"{format_number(take_over_by_pension(people))} benefits of age became the social pension")
    # The decree of the social pension came into force with the month itself: its list closes no earlier.
    if not Cycle.objects.filter(pk=REFORM, state=CycleState.CLOSED).exists():
        open_cycle(month=REFORM, reckoned_on=REFORM)
    for month in (JUNE, REFORM, AUGUST):
        _month(month, cast(), write)
    _series(write)


def commune_officers(communes: Sequence[Unit], password: str) -> int:
    """One who prepares and one who approves in each of these communes, from the reorganisation on; how many."""
    stored = make_password(password)
    made = 0
    for commune in communes:
        for prefix, role in (("lap", RoleName.PREPARER), ("duyet", RoleName.APPROVER)):
            name = f"{RoleName(role).label}, {commune.name}"
            user, _created = User.objects.get_or_create(
                username=f"{prefix}{commune.code}", defaults={"full_name": name, "password": stored}
            )
            Role.objects.get_or_create(user=user, name=role, unit=commune, valid_from=REFORM)
            made += 1
    return made


def _rename(moves: Sequence[RoleMove]) -> None:
    """The demonstration's officers are named after their posts."""
    for move in moves:
        User.objects.filter(pk=move.role.user_id).update(full_name=f"{move.name_label}, {move.unit.name}")


def take_over_by_pension(people: Cast) -> int:
    """The social pension replaces two benefits of age from July 2025 (Decree 176/2025), by two officers; how many."""
    reader = province_reader()
    if not conversion.preview(reader=reader):
        return 0
    prepared = conversion.prepare(
        decision=Decision(number="176/2025/NĐ-CP", signed_on=date(2025, 6, 30)),
        by=people.first_closer,
        at=_noon(date(2025, 6, 30)),
        reader=reader,
    )
    count = conversion.confirm(
        conversion_id=prepared.pk, by=people.second_closer, at=_noon(REFORM), reader=reader
    )
    conversion.convert_all(conversion_id=prepared.pk, at=_noon(REFORM))
    return count


def _month(month: date, people: Cast, write: Callable[[str], object]) -> MonthShown | None:
    with progress_bar(f"{month:%m/%Y}") as progress:
        shown = show_month(month=month, people=people, progress=progress)
    if shown:
        write(f"{month:%m/%Y}: {format_number(shown.payments)} paid, list made in {shown.seconds:.1f} s")
    return shown


def _series(write: Callable[[str], object]) -> None:
    """The largest new communes with their figures of June, brought to the new units, beside those of July."""
    refresh_figures(at=timezone.now())
    reader = province_reader()
    june = coverage(month=JUNE, by=By.COMMUNE, reader=reader, units_on=REFORM)
    july = coverage(month=REFORM, by=By.COMMUNE, reader=reader)
    before = {row.key: row for row in june.rows}
    write(f"\n{'':28}{'06/2025':>20}{'07/2025':>20}")
    largest = sorted(july.rows, key=lambda row: -row.all)[:8]
    for row in [*largest, july.total]:
        earlier = before[row.key] if row is not july.total else june.total
        pairs = [f"{format_number(r.covered)} / {format_number(r.all)}" for r in (earlier, row)]
        write(f"{row.name:28}{pairs[0]:>20}{pairs[1]:>20}")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_default_timezone())
