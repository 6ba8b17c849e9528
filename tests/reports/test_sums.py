"""Whatever happens to payments, communes, districts and schemes add up to the province; an oracle counts along."""

from collections import defaultdict
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access import province_reader
from areas.models import Unit
from desk.operations.reorganisation import confirm, prepare
from payments.models import Payment
from payments.transitions import Outcome
from reports.queries.coverage import By
from reports.queries.overview import overview
from reports.queries.upward import changes, settlements, statistics
from tests import worlds
from tests.reports.world import DECEMBER, coverage, elderly, officers, report, send

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("reference")]

PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "bank": st.booleans(),
            "both": st.booleans(),
            "commune": st.integers(0, 3),
            "outcome": st.sampled_from(["", "paid", "failed", "unclaimed", "returned"]),
        }
    ),
    min_size=1,
    max_size=6,
)


def happens(payment: Payment, outcome: str) -> None:
    if outcome == "returned":
        report(payment, Outcome.PAID)
    if outcome:
        report(payment, Outcome(outcome), refuses_account=outcome == "failed")


def expected() -> tuple[int, int, int, int]:
    """Ten lines of Python that say what coverage.sql says."""
    pairs = defaultdict(list)
    for payment in Payment.objects.select_related("batch").exclude(outcome="withdrawn"):
        pairs[payment.person_id, payment.batch.scheme].append(payment)
    live = {pair: [p for p in found if p.outcome in (None, "paid")] for pair, found in pairs.items()}
    covered = [found for found in live.values() if found and {p.batch.channel for p in found} == {"bank"}]
    money = [p for found in live.values() for p in found]
    cashless = sum(p.amount for p in money if p.batch.channel == "bank")
    return len(covered), len(pairs), sum(p.amount for p in money), cashless


def told(rows):
    return tuple(
        sum(getattr(row, name) for row in rows) for name in ("covered", "all", "amount", "amount_cashless")
    )


def views_add_up(month):
    """What goes upwards adds up to the same people and money, by category as by commune."""
    reader = province_reader()
    by_category, by_commune = changes(month=month, reader=reader)
    assert by_category.total == by_commune.total
    sums = by_category.total
    assert sums["before"] + sums["new"] - sums["died"] - sums["held"] - sums["other"] == sums["now"]
    (merit,), social = (
        settlements(periods=[[month]], reader=reader),
        statistics(months=[month], reader=reader),
    )
    seen = overview(month=month, by=By.SCHEME, reader=reader)
    total = seen.total
    assert sum(reason.count for reason in seen.reasons) == total.all - total.covered
    assert sum(carrier.amount for carrier in seen.carriers) == total.amount
    assert (seen.trend[-1].covered, seen.trend[-1].all) == (total.covered, total.all)
    assert merit.total.get("amount", 0) + social.total.get("amount", 0) == total.amount
    kinds = ("regular", "arrears", "carried", "one_off", "recovery")
    assert sum(merit.total.get(kind, 0) for kind in kinds) == merit.total.get("amount", 0)
    ages = sum(social.total.get(age, 0) for age in ("00", "16", "60", "80"))
    assert ages == social.total.get("people", 0) >= social.people


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE)
def test_every_table_adds_up_to_the_province_and_to_the_oracle(people):
    units = Unit.objects.on(DECEMBER).communes().order_by("code")
    communes = [*units.filter(parent__code="593")[:2], *units.filter(parent__code="594")[:2]]
    with transaction.atomic():
        wanted = {}
        for number, facts in enumerate(people):
            who = elderly(f"Nguyễn Thị {number}", bank=facts["bank"], lives=communes[facts["commune"]])
            if facts["both"]:
                worlds.grant(who, "CDHH", since=DECEMBER, injury_rate=61, queue=False)
            wanted[who.pk] = facts["outcome"]
        by = officers()
        for _round in range(2):
            worlds.run_round(DECEMBER, routed_on=date(2024, 12, 1))
            send(DECEMBER, by)
            for payment in Payment.objects.filter(outcome=None, batch__state="acknowledged"):
                happens(payment, wanted[payment.person_id])
            total = coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader()).total
            assert told([total]) == expected()
            for table in (By.SCHEME, By.DISTRICT, By.COMMUNE, By.AGE):
                assert told(coverage(month=DECEMBER, by=table, reader=province_reader()).rows) == expected()
            views_add_up(DECEMBER)
        transaction.set_rollback(True)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.tuples(st.integers(0, 11), st.booleans(), st.sampled_from(["", "Thôn 1", "Thôn 2"])),
        min_size=1,
        max_size=8,
    )
)
def test_every_table_adds_up_across_the_reorganisation_in_old_and_in_new_units(people):
    """Communes of three districts, the split ones among them; a month before the reform and one after it."""
    june, july = date(2025, 6, 1), date(2025, 7, 1)
    units = Unit.objects.on(june).communes().filter(parent__code__in=["593", "595", "596"])
    communes = list(units.order_by("code"))[::4]
    reader = province_reader()
    with transaction.atomic():
        for number, (where, bank, hamlet) in enumerate(people):
            who = worlds.person(
                f"Nguyễn Thị {number}", born=date(1980, 1, 1), lives=communes[where % len(communes)]
            )
            who.residences.update(hamlet=hamlet)
            worlds.grant(who, "BTXH_5.6_DBN", since=june, queue=False)
            if bank:
                worlds.account(who, number=f"88{who.pk}")
        worlds.run_round(june)
        first, second = worlds.officer("truoc"), worlds.officer("sau")
        prepare(on_date=july, by=first, at=worlds.NOON)
        assert confirm(on_date=july, by=second, at=worlds.NOON).people == len(people)
        worlds.run_round(july)
        banked = sum(bank for _where, bank, _hamlet in people)
        wanted = (banked, len(people), len(people) * 1_000_000, banked * 1_000_000)
        for month in (june, july):
            for table in (By.SCHEME, By.DISTRICT, By.COMMUNE, By.AGE):
                for units_on in (None, july):
                    found = coverage(month=month, by=table, reader=reader, units_on=units_on)
                    assert told(found.rows) == told([found.total]) == wanted
            views_add_up(month)
            if month == june:
                districts = {
                    row.key: row.all for row in coverage(month=june, by=By.DISTRICT, reader=reader).rows
                }
                assert sum(districts.values()) == len(people)
                assert set(districts) <= {"593", "595", "596"}
        codes = {row.key: row.all for row in coverage(month=july, by=By.COMMUNE, reader=reader).rows}
        assert codes == {
            row.key: row.all for row in coverage(month=june, by=By.COMMUNE, reader=reader, units_on=july).rows
        }
        transaction.set_rollback(True)
