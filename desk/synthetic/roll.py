"""The made-up roll: its plan written out as rows, and loaded into an empty database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _

from beneficiaries.models import EndReason, Person, Precision, Provider
from beneficiaries.operations.roll import apply_roll
from beneficiaries.roll.row import RollChild, RollRow
from benefits.queries import NoRate
from common.cccd import Sex, make_cccd
from common.months import add_months, month_of
from common.text import fold
from desk.synthetic.law import Claim, month_index
from desk.synthetic.names import KINH, make_name
from desk.synthetic.places import NoPlaces, Place, load_places
from desk.synthetic.plan import Plan, Planned, make_plan
from desk.synthetic.weighted import Weighted

NOTE = "dữ liệu giả lập"
SHEET = "giả lập"
# By BIN: Agribank, LPBank, Vietcombank, BIDV, VietinBank, Sacombank, MB.
BANKS = {"970405": 46, "970449": 17, "970436": 11, "970418": 10, "970415": 8, "970403": 5, "970422": 3}
_OBSTACLES = Weighted(
    {
        "not_asked": 11_208,
        "no_smartphone": 8_412,
        "chooses_cash": 6_330,
        "no_citizen_card": 3_115,
        "fears_account": 2_240,
        "fears_relative": 1_594,
        "distrusts": 600,
    }
)
_ALWAYS_AT_HOME = 92
_GUARDED_UNTIL = 18


class RollNotEmpty(Exception):
    """People are registered already: a made-up roll never mixes with others."""


class ReferenceMissing(Exception):
    """Areas, rates or banks that the roll needs are not loaded."""


@dataclass(frozen=True, slots=True)
class SeedResult:
    """What was loaded."""

    people: int
    entitlements: int
    plan: Plan


def seed_roll(
    *, pairs: int, month: date, seed: int, progress: Callable[[int, int], None] | None = None
) -> SeedResult:
    """Load a made-up roll with exactly `pairs` pairs of person and scheme in `month`; the same seed gives the same.

    `progress(people done, people in all)`. Raises RollNotEmpty or ReferenceMissing, and then nothing is written.
    """
    if Person.objects.exists():
        raise RollNotEmpty(
            _("People are registered already. The synthetic roll goes only into a database without people.")
        )
    plan = plan_roll(pairs=pairs, month=month, seed=seed)
    entitlements = 0
    with transaction.atomic():
        result = apply_roll(rows=_told(roll_rows(plan, seed=seed), plan, progress), first_load=True)
        entitlements = result.new
        if result.errors:
            raise AssertionError(f"the synthetic roll was refused: {result.errors[:3]}")
    _analyse()
    return SeedResult(people=len(plan.people), entitlements=entitlements, plan=plan)


def _analyse() -> None:
    """Count what was loaded, and it alone: a table counted while it is empty would be planned for as empty."""
    loaded = [
        model._meta.db_table
        for app in ("areas", "benefits", "beneficiaries")
        for model in apps.get_app_config(app).get_models()
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(loaded)}")


def plan_roll(*, pairs: int, month: date, seed: int) -> Plan:
    """The plan from the loaded reference data; ReferenceMissing where some of it is not there."""
    start = date(month.year, 1, 1)
    try:
        places = load_places(province=settings.PROVINCE_CODE, on=start)
        if set(BANKS) - set(Provider.objects.values_list("code", flat=True)):
            raise NoPlaces("banks")
        return make_plan(pairs=pairs, month=month, seed=seed, places=places, list_day=settings.LIST_DAY)
    except NoPlaces as error:
        raise ReferenceMissing(
            _("The areas or banks are not loaded. Run “manage.py load_reference --province %(code)s” first.")
            % {"code": settings.PROVINCE_CODE}
        ) from error
    except NoRate as error:
        raise ReferenceMissing(
            _("The law's tables have no rate for %(what)s: choose a month of a year that they cover whole.")
            % {"what": error}
        ) from error


def roll_rows(plan: Plan, *, seed: int) -> Iterator[RollRow]:
    """The plan's people as rows of a roll, one for each entitlement, made as they are asked for."""
    writer = _Writer(plan, Random(f"rows {seed}"))
    for person in plan.people:
        yield from writer.rows(person)


def _told(
    rows: Iterable[RollRow], plan: Plan, progress: Callable[[int, int], None] | None
) -> Iterator[RollRow]:
    total = sum(len(person.made.claims) for person in plan.people)
    for row in rows:
        yield row
        if progress and (row.number % 1000 == 0 or row.number == total):
            progress(row.number, total)


class _Writer:
    """Turns planned people into rows: names, numbers and papers, none used twice."""

    def __init__(self, plan: Plan, rng: Random) -> None:
        self._plan, self._rng = plan, rng
        self._year_start = plan.cycles[0]
        self._month_end = add_months(plan.cycles[-1], 1) - timedelta(days=1)
        self._number = 0
        self._serials: Counter[tuple[str, int]] = Counter()
        self._old_cards = 0
        self._accounts = 0
        self._taken: set[int] = set()
        self._without_card: set[int] = set()
        self._banks = Weighted(BANKS)

    def rows(self, person: Planned) -> Iterator[RollRow]:
        made, place, rng = person.made, person.place, self._rng
        birth, precision = self._birth(made.born, made.claims)
        obstacle, payout = self._payout(person, birth)
        name, card = self._name_and_card(person, birth.year, obstacle)
        last = None if person.last is None or not person.end_reason else _month(person.last)
        shared = {
            "sheet": SHEET, "name": name, "birth_date": birth, "birth_precision": precision, "sex": made.sex,
            "commune_id": place.id, "national_id": card, "hamlet": self._hamlet(place), "phone": self._phone(birth),
            "residence_from": self._year_start.replace(year=self._year_start.year - 1),
            "died_on": last + timedelta(rng.randrange(28)) if last and person.end_reason == EndReason.DIED else None,
            "last_month": last, "end_reason": person.end_reason, "obstacle": obstacle, "notes": NOTE,
            **self._payee(person, birth), **payout,
        }  # fmt: skip
        if payout["channel"] == "bank":
            shared["holder"] = fold(name).upper()
        for claim in made.claims:
            yield self._row(shared, person, claim)

    def _row(self, shared: dict[str, object], person: Planned, claim: Claim) -> RollRow:
        rng, made = self._rng, person.made
        self._number += 1
        from_month = _month(claim.first)
        first = claim is made.claims[0]
        children = [self._child(person.place, born) for born in made.children] if first else []
        disabled = claim.category.startswith("BTXH_5.6")
        return RollRow(
            **shared,  # type: ignore[arg-type]
            number=self._number,
            category=claim.category,
            from_month=from_month,
            settled_before=max(from_month, self._year_start),
            injury_rate=claim.injury,
            seniority_years=claim.units if claim.category == "LTCM_THOATLY_PC" else None,
            children=children,
            disability_certificate=f"KT-{person.place.code}-{rng.randrange(1, 10_000):04d}"
            if disabled
            else "",
            decision_number=f"{rng.randrange(1, 5000)}/QĐ-UBND",
            decision_date=from_month + timedelta(days=rng.randrange(1, 19)),
        )

    def _birth(self, born: int, claims: list[Claim]) -> tuple[date, str]:
        rng, month = self._rng, _month(born)
        age = (month_index(self._plan.cycles[-1]) - born) // 12
        known = rng.random()
        # Nobody whose age decides something near this year: a year alone would leave it open.
        decisive = 73 <= age <= 82 or min(claim.first for claim in claims) - born < 12
        if age >= 66 and not decisive and known < (0.4 if age > 82 else 0.22):
            return date(month.year, 1, 1), Precision.YEAR
        if age >= 60 and known > 0.97:
            return month, Precision.MONTH
        return month + timedelta(days=rng.randrange(28)), Precision.DAY

    def _payout(self, person: Planned, birth: date) -> tuple[str, dict[str, object]]:
        """The obstacle, and the fields of the row that say how the person is paid."""
        rng = self._rng
        age = self._year_start.year - birth.year
        severe = person.made.kind.category == "BTXH_5.6_DBN"
        homebound = 1.0 if age >= _ALWAYS_AT_HOME else 0.7 if severe else 0.15 if age >= 85 else 0.0
        pay_at = "home" if rng.random() < homebound else "point"
        at = self._plan.first_cycle(person)
        if at is None:
            obstacle = _OBSTACLES.pick(rng) if person.last is None else ""
            return obstacle, {"channel": "post", "provider": "POST", "pay_at": pay_at}
        since = self._account_since(person, at)
        self._accounts += 1
        return "", {
            "channel": "bank",
            "provider": self._banks.pick(rng),
            "account": f"99{self._accounts:010d}",
            "verified_on": since - timedelta(days=rng.randrange(1, 8)),
            "pay_at": pay_at,
            "payout_from": since,
        }

    def _account_since(self, person: Planned, at: int) -> date:
        """A day that counts for cycle `at` and not for the one before, whether methods are read on the list date or
        on the first of the month; those of the first cycle changed over some time in the year before."""
        rng = self._rng
        granted = min(claim.first for claim in person.made.claims)
        month = max(self._plan.cycles[at], _month(granted))
        if month == self._year_start:
            month = add_months(month, -rng.randrange(11))
        return add_months(month, -1) + timedelta(days=rng.randrange(1, max(min(settings.LIST_DAY, 19), 2)))

    def _national_id(self, sex: Sex, birth_year: int, obstacle: str = "", *, may_lack: bool = False) -> str:
        if obstacle == "no_citizen_card":
            if may_lack and self._rng.random() < 0.4:
                return ""
            self._old_cards += 1
            return f"{269_999_999 - self._old_cards}"
        self._serials[sex, birth_year] += 1
        return make_cccd(settings.PROVINCE_CODE, sex, birth_year, 1_000_000 - self._serials[sex, birth_year])

    def _name_and_card(self, person: Planned, birth_year: int, obstacle: str) -> tuple[str, str]:
        """No two people of one name, year and commune where one of them has no identity number: such rows could
        not be told apart. A name that is taken is lengthened, or its bearer has a card after all."""
        sex, place, rng = person.made.sex, person.place, self._rng
        name = make_name(rng, sex=sex, birth_year=birth_year, people=place.people)
        key = hash((fold(name), birth_year, place.id))
        card = self._national_id(sex, birth_year, obstacle, may_lack=key not in self._taken)
        while card and key in self._without_card:
            name += " " + make_name(rng, sex=sex, birth_year=birth_year, people=KINH).rpartition(" ")[2]
            key = hash((fold(name), birth_year, place.id))
        self._taken.add(key)
        if not card:
            self._without_card.add(key)
        return name, card

    def _hamlet(self, place: Place) -> str:
        return f"{'Khu phố' if place.urban else 'Thôn'} {self._rng.randrange(1, 9)}"

    def _phone(self, birth: date) -> str:
        if self._rng.random() < (0.2 if birth.year > 1960 else 0.42):
            return ""
        return f"0900{self._rng.randrange(1_000_000):06d}"

    def _payee(self, person: Planned, birth: date) -> dict[str, object]:
        rng = self._rng
        child = self._month_end.year - birth.year <= _GUARDED_UNTIL
        if not child and rng.random() >= person.made.kind.payee:
            return {}
        sex: Sex = "female" if rng.random() < 0.7 else "male"
        year = self._month_end.year - rng.randrange(24, 60)
        return {
            "payee_name": make_name(rng, sex=sex, birth_year=year, people=person.place.people),
            "payee_national_id": self._national_id(sex, year),
        }

    def _child(self, place: Place, born: int) -> RollChild:
        rng, month = self._rng, _month(born)
        sex = "female" if rng.random() < 0.5 else "male"
        name = make_name(rng, sex=sex, birth_year=month.year, people=place.people)
        return RollChild(name, month_of(month) + timedelta(days=rng.randrange(28)))


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
