"""Figures are kept, not counted while somebody looks; the past changes only when somebody says why."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import province_reader
from beneficiaries.models import Obstacle, Outreach, Person, Reckon
from beneficiaries.models.reckoning import ALWAYS_READY
from beneficiaries.operations.people import record_death
from benefits.models import Base
from payments.models import Cycle
from payments.operations.lookback import queue_late_rates
from reports.models import Figure, Part, Restatement, Snapshot
from reports.operations import RestatementRefused, refresh_figures, restate
from reports.queries.coverage import By, NoFigures, coverage
from reports.queries.overview import overview
from tests import worlds
from tests.reports.world import DECEMBER, NOON, elderly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
SCANNED = ("payments_payment", "payments_line", "payments_event", "beneficiaries_")


def seal(*months: date) -> None:
    """The cycles as if closed long ago: what is sealed is not what is tested here."""
    first, second = worlds.officer("mot"), worlds.officer("hai")
    Cycle.objects.filter(pk__in=months).update(
        state="closed", close_prepared_by=first, closed_by=second, closed_at=NOON, digest=b"0" * 32
    )


def test_reading_figures_never_touches_payments_or_people():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    with pytest.raises(NoFigures):
        coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader())
    assert refresh_figures(at=NOON) == 1
    with CaptureQueriesContext(connection) as queries:
        overview(month=DECEMBER, by=By.COMMUNE, reader=province_reader())
    read = [query["sql"] for query in queries]
    assert not [text for text in read if any(table in text for table in SCANNED) and "provider" not in text]


def test_refreshing_takes_only_what_changed_and_a_closed_month_once_more():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    assert [refresh_figures(at=NOON), refresh_figures(at=NOON)] == [1, 0]
    seal(DECEMBER)
    assert [refresh_figures(at=NOON), refresh_figures(at=NOON)] == [1, 0]
    assert Snapshot.objects.get().fingerprint == ""


def test_only_a_restatement_changes_the_figures_of_a_closed_month_and_it_keeps_the_old_ones():
    elderly(bank=True)
    elderly("Trần Thị Hai")
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    with pytest.raises(RestatementRefused):
        restate(month=DECEMBER, reason="Còn mở", at=NOON)
    seal(DECEMBER)
    refresh_figures(at=NOON)
    Figure.objects.filter(part=Part.WHOLE).update(covered=0)  # as an older definition had counted
    refresh_figures(at=NOON)
    assert coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader()).total.covered == 0
    with pytest.raises(RestatementRefused):
        restate(month=DECEMBER, reason=" ", at=NOON)
    call_command("restate_figures", "2024-12", "--reason", "Đổi cách đếm")
    assert coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader()).total.covered == 1
    kept = Restatement.objects.get()
    assert (kept.covered, kept.people, kept.reason) == (0, 2, "Đổi cách đếm")
    with pytest.raises(CommandError):
        call_command("restate_figures", "2024-11", "--reason", "Không có")


def told(who: Person, on: date, answer: str) -> None:
    Outreach.objects.create(person=who, on=on, way="home", told_by="A", answer=answer, noted_at=NOON)


def test_ages_work_and_undelivered_money_are_counted_with_the_month():
    old = elderly(bank=True)  # born 1940
    child = worlds.person("Nguyễn Văn Bé", born=date(2012, 3, 1))
    worlds.grant(child, "BTXH_5.6_DBN", since=DECEMBER, queue=False)
    turning = worlds.person("Lê Thị Sáu Mươi", born=date(1964, 12, 31))
    worlds.grant(turning, "BTXH_5.6_DBN", since=DECEMBER, queue=False)
    worlds.account(turning, since=date(2024, 12, 1), number="606060")
    told(child, date(2024, 12, 3), "no_citizen_card")
    told(child, date(2024, 12, 9), "agrees")
    told(old, date(2024, 11, 30), "thinks")
    told(turning, date(2024, 12, 5), "not_met")
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)

    def found(part: Part) -> dict[str, tuple[int, int]]:
        rows = Figure.objects.filter(part=part).values_list("key", "people", "covered")
        return {key: (people, covered) for key, people, covered in rows}

    # On 31 December the woman born on that day in 1964 is sixty. Asked is who was met, however often.
    assert found(Part.AGE) == {"00": (1, 0), "60": (1, 1), "80": (1, 1)}
    assert found(Part.WORK) == {"asked": (1, 0), "opened": (1, 1)}


def test_what_was_paid_too_much_stands_with_the_month_until_it_is_settled():
    november = date(2024, 11, 1)
    who = elderly(since=november)
    worlds.run_round(november)
    worlds.run_round(DECEMBER)
    who.died_on = date(2024, 11, 20)  # known only in January: December's 500,000 were not due
    who.save()
    worlds.reckon(who, DECEMBER)
    worlds.run_round(date(2025, 1, 1))
    refresh_figures(at=NOON)
    rows = Figure.objects.filter(part=Part.MONEY, key="overpaid").values_list("snapshot", "people", "amount")
    assert (DECEMBER, 1, 500_000) in list(rows)


def test_an_open_balance_is_carried_from_closed_months_into_the_next_ones():
    november, january, february = date(2024, 11, 1), date(2025, 1, 1), date(2025, 2, 1)
    who, other = elderly(since=november), elderly("Trần Thị Hai", since=november)
    worlds.run_round(november)
    worlds.run_round(DECEMBER)
    who.died_on = date(2024, 11, 20)
    who.save()
    worlds.reckon(who, DECEMBER)
    worlds.reckon(other, DECEMBER)  # looked back on for nothing: nothing was paid too much
    worlds.run_round(january)
    seal(november, DECEMBER, january)
    refresh_figures(at=NOON)
    worlds.run_round(february)
    refresh_figures(at=NOON)
    rows = Figure.objects.filter(part=Part.MONEY, key="overpaid").order_by("snapshot")
    assert list(rows.values_list("snapshot", "people", "amount")) == [
        (DECEMBER, 1, 500_000),
        (january, 1, 500_000),
        (february, 1, 500_000),
    ]


def test_a_change_of_law_that_pays_everybody_more_leaves_nobody_overpaid_in_the_months_before():
    june, july, august = date(2024, 6, 1), date(2024, 7, 1), date(2024, 8, 1)
    elderly(since=june)
    for month in (june, july):
        worlds.run_round(month)
    worlds.run_round(august)  # 500,000 instead of 360,000 from July on was in force only after July's list
    seal(june, july, august)
    refresh_figures(at=NOON)
    assert not Figure.objects.filter(part=Part.MONEY, key="overpaid").exists()


def test_whom_a_late_change_of_law_touches_is_said_to_wait_for_the_next_list():
    touched, merit = elderly(since=DECEMBER), worlds.person("Lê Văn Hai", born=date(1950, 1, 1))
    worlds.grant(merit, "CDHH", since=DECEMBER, injury_rate=61, queue=False)
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    assert overview(month=DECEMBER, by=By.SCHEME, reader=province_reader()).waiting == 0
    Reckon.objects.create(person=touched, from_month=DECEMBER, ready_on=ALWAYS_READY, reason="rate")
    assert refresh_figures(at=NOON) == 1
    seen = overview(month=DECEMBER, by=By.SCHEME, reader=province_reader())
    assert (seen.waiting, [one.key for one in seen.money if one.key == "law"]) == (1, [])
    Reckon.objects.all().delete()
    worlds.run_round(date(2025, 1, 1))
    refresh_figures(at=NOON)
    assert overview(month=date(2025, 1, 1), by=By.SCHEME, reader=province_reader()).waiting == 0


def test_what_a_late_change_of_law_makes_too_much_stands_apart_until_the_next_list():
    november, january = date(2024, 11, 1), date(2025, 1, 1)
    elderly(since=november)
    dead = elderly("Trần Thị Hai", since=november)
    for month in (november, DECEMBER):
        worlds.run_round(month)
    record_death(person=dead, died_on=date(2024, 11, 20))
    Base.objects.create(
        base_code="BTXH_STANDARD", amount=450_000, applies_from=november, in_force_from=date(2024, 10, 10),
        legal_source="Nghị định thử", confidence="assumed",
    )  # fmt: skip
    assert queue_late_rates(changes=[("BTXH_5.5c", november, date(2024, 10, 10))]) == 2
    refresh_figures(at=NOON)

    def overpaid(month: date) -> dict[str, tuple[int, int]]:
        rows = Figure.objects.filter(part=Part.MONEY, key__startswith="overpaid", snapshot=month)
        return {key: (people, amount) for key, people, amount in rows.values_list("key", "people", "amount")}

    # 50,000 of November and of December; of the dead woman, who has other news, 50,000 and December's 500,000.
    assert overpaid(DECEMBER) == {"overpaid_law": (1, 100_000), "overpaid": (1, 550_000)}
    seen = overview(month=DECEMBER, by=By.SCHEME, reader=province_reader())
    assert {one.key: one.amount for one in seen.money} == {"overpaid_law": 100_000, "overpaid": 550_000}
    assert seen.waiting == 2
    worlds.run_round(january)
    refresh_figures(at=NOON + timedelta(minutes=1))
    assert overpaid(january) == {"overpaid": (2, 650_000)}


def test_a_first_account_counts_in_the_cycle_whose_list_it_is_first_good_for():
    found = {}
    for number, since in enumerate(
        (date(2024, 11, 1), date(2024, 11, 2), date(2024, 12, 1), date(2024, 12, 2))
    ):
        who = elderly(f"Người {number}")
        worlds.account(who, since=since, number=f"60606{number}")
        found[since] = who
    worlds.account(
        found[date(2024, 11, 2)], since=date(2020, 1, 1), number="111111", valid_to=date(2024, 5, 1)
    )
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    # From 2 November to 1 December: two, of whom one had an account before.
    assert Figure.objects.get(part=Part.WORK, key="opened").people == 1


def test_a_talk_that_is_noted_counts_with_the_open_month_at_the_next_taking():
    who = elderly()
    worlds.run_round(DECEMBER)
    assert refresh_figures(at=NOON) == 1
    told(who, date(2024, 12, 3), "agrees")
    assert refresh_figures(at=NOON + timedelta(minutes=1)) == 1
    assert Figure.objects.get(part=Part.WORK, key="asked").people == 1
    told(who, date(2024, 11, 3), "thinks")
    assert refresh_figures(at=NOON + timedelta(minutes=2)) == 0


def test_the_clock_waits_with_an_open_month_but_not_with_a_new_list_or_a_close():
    who = elderly(bank=True)
    worlds.run_round(DECEMBER)
    patience = timedelta(minutes=2)
    assert refresh_figures(at=NOON, patience=patience) == 1
    Obstacle.objects.create(person=who, reason="not_asked", noted_on=date(2024, 12, 3))
    assert refresh_figures(at=NOON + timedelta(minutes=1), patience=patience) == 0
    assert refresh_figures(at=NOON + timedelta(minutes=2), patience=patience) == 1
    seal(DECEMBER)
    assert refresh_figures(at=NOON + timedelta(minutes=2), patience=patience) == 1
