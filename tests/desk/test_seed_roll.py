"""The synthetic roll: exact counts, one roll for one seed, and amounts that agree with the decrees by hand."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Role, RoleName, User
from areas.models import Unit
from beneficiaries.models import Entitlement, PayoutMethod, Person, Reckon, ReckonReason, Residence
from benefits.queries import NoRate
from desk.synthetic import mix
from desk.synthetic.enrolment import Counts
from desk.synthetic.law import Claim, Law, month_index
from desk.synthetic.officers import NotADemonstration, create_demo_officers
from desk.synthetic.roll import RollNotEmpty, plan_roll, roll_rows, seed_roll
from desk.synthetic.weighted import share_out
from payments.models import Batch
from tests import worlds

DECEMBER = date(2024, 12, 1)
# 9,035, 4,283, 16,867 and 300 of 54,649, times 2,000, rounded by hand; 1,669 is what is left of 2,000.
NCC, BTXH, NCC_ACCOUNTS, BTXH_ACCOUNTS, BOTH = 331, 1_669, 157, 617, 11

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


@pytest.fixture
def roll(reference):
    return seed_roll(pairs=2_000, month=DECEMBER, seed=1)


def year_2024() -> Law:
    return Law([(date(2024, m, 1), date(2023 + (m > 1), m - 1 or 12, 20)) for m in range(1, 13)])


def claim(category, **facts):
    facts = {"born": month_index(date(1940, 5, 1)), "first": month_index(date(2020, 1, 1))} | facts
    return Claim(category, **facts)


def pairs(where: str) -> dict[str, int]:
    """Living grants of December by scheme, counted in plain SQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT c.scheme, count(DISTINCT e.person_id)
            FROM beneficiaries_entitlement e
            JOIN benefits_category c ON c.code = e.category_id
            JOIN beneficiaries_person p ON p.id = e.person_id
            LEFT JOIN beneficiaries_payoutmethod m ON m.person_id = p.id
                AND m.valid_from <= '2024-12-01' AND (m.valid_to IS NULL OR m.valid_to >= '2024-12-01')
            WHERE e.from_month <= '2024-12-01' AND (e.last_month IS NULL OR e.last_month >= '2024-12-01')
              AND (p.died_on IS NULL OR p.died_on >= '2024-12-01')
              AND NOT (e.category_id = 'BTXH_5.1' AND p.birth_date < '2008-12-01')
              AND NOT (e.category_id = 'BTXH_5.7' AND p.birth_date < '2021-12-01')
              AND {where}
            GROUP BY c.scheme
            """
        )
        return dict(cursor.fetchall())


def test_the_article_comes_out_whole():
    counts = Counts.of(54_649)
    assert counts.all == {"NCC": 9_035, "BTXH": 45_614}
    assert counts.accounts == {"NCC": 4_283, "BTXH": 16_867}


def test_the_month_has_exactly_the_pairs_asked_for(roll):
    assert pairs("true") == {"NCC": NCC, "BTXH": BTXH}
    with_account = "m.channel = 'bank' AND m.verified_on < '2024-12-01' AND m.failed_on IS NULL"
    assert pairs(with_account) == {"NCC": NCC_ACCOUNTS, "BTXH": BTXH_ACCOUNTS}
    both = Person.objects.filter(entitlements__category__scheme="NCC").filter(
        entitlements__category__scheme="BTXH"
    )
    assert both.distinct().count() == BOTH


def test_every_month_is_left_to_regular_rounds(roll):
    assert not Entitlement.objects.filter(settled_before__lt=date(2024, 1, 1)).exists()
    late = Entitlement.objects.filter(from_month__gt=date(2024, 1, 1))
    assert late.exists()
    assert all(row.settled_before == row.from_month for row in late)


def test_some_left_during_the_year_and_none_in_its_last_quarter(roll):
    last = Entitlement.objects.filter(last_month__isnull=False)
    assert set(last.values_list("end_reason", flat=True)) >= {"died", "ineligible"}
    assert max(last.values_list("last_month", flat=True)) == date(2024, 9, 1)
    dead = Person.objects.filter(died_on__isnull=False)
    assert dead.exists()
    assert not dead.filter(payout_methods__channel="bank").exists()


def test_everybody_is_marked_as_made_up_and_lives_in_a_commune_of_binh_thuan(roll):
    assert not Person.objects.exclude(notes="dữ liệu giả lập").exists()
    assert set(Residence.objects.values_list("commune__parent__parent__code", flat=True)) == {"60"}
    assert Residence.objects.values("commune__parent").distinct().count() == 10
    assert not PayoutMethod.objects.filter(channel="bank", verified_on__isnull=True).exists()
    assert {"day", "month", "year"} == set(Person.objects.values_list("birth_precision", flat=True))
    assert Person.objects.filter(phone="").exists()
    assert Person.objects.filter(national_id_index=None).exists()


def test_the_same_seed_gives_the_same_roll_and_another_seed_another():
    def rows(seed):
        return list(roll_rows(plan_roll(pairs=500, month=DECEMBER, seed=seed), seed=seed))

    assert rows(7) == rows(7)
    assert rows(7) != rows(8)


def test_a_year_of_one_person_is_what_the_decrees_say():
    law = year_2024()
    # Decree 20/2021: 360,000 a month; Decree 76/2024 from July: 500,000. July's list closes on 20 June, before
    # it is in force, so July is paid at the old level and its difference of 140,000 comes with August.
    assert law.paid_by_cycle(claim("BTXH_5.5c")) == (*[360_000] * 7, 640_000, *[500_000] * 4)
    # A severely disabled man who turns 60 in May 2024: 1.5 times before, 2.0 times from that month.
    sixty = claim("BTXH_5.6_N", born=month_index(date(1964, 5, 1)))
    assert law.paid_by_cycle(sixty) == (*[540_000] * 4, *[720_000] * 3, 1_280_000, *[1_000_000] * 4)
    # Decrees 55/2023 and 77/2024: a martyr's relative 2,055,000, then 2,789,000.
    assert law.paid_by_cycle(claim("LS_1")) == (*[2_055_000] * 7, 3_523_000, *[2_789_000] * 4)
    # A war invalid of 40 %: 2,635,000, then 3,576,000, granted in July and gone after September.
    short = claim("TB", injury=40, first=month_index(date(2024, 7, 1)), last=month_index(date(2024, 9, 1)))
    assert law.paid_by_cycle(short) == (*[0] * 6, 2_635_000, 4_517_000, 3_576_000, 0, 0, 0)
    # Two children of a single parent; a child of three in March is paid through March (540,000 a month).
    assert sum(law.paid_by_cycle(claim("BTXH_5.4", units=2))) == 2 * (6 * 360_000 + 6 * 500_000)
    small = claim("BTXH_5.7", born=month_index(date(2021, 3, 1)), first=month_index(date(2022, 1, 1)))
    assert law.paid_by_cycle(small) == (540_000, 540_000, 540_000, *[0] * 9)


def test_a_month_without_a_rate_is_refused():
    with pytest.raises(NoRate, match=r"BTXH_5\.5c 2026-01"):
        Law([(date(2026, 1, 1), date(2025, 12, 20))]).paid_by_cycle(claim("BTXH_5.5c"))


@pytest.mark.slow
def test_the_engine_pays_through_accounts_within_one_percent_of_the_articles_sums():
    # Large enough for one percent: 103 and 80 billion đồng, times 5,000 of 54,649 pairs.
    plan = seed_roll(pairs=5_000, month=DECEMBER, seed=3).plan
    july = date(2024, 7, 1)
    Reckon.objects.bulk_create(
        Reckon(person_id=pk, from_month=july, ready_on=july, reason=ReckonReason.RATE)
        for pk in Person.objects.values_list("pk", flat=True)
    )
    for number in range(1, 13):
        worlds.run_round(date(2024, number, 1))
    paid = {"NCC": 0, "BTXH": 0}
    for scheme, amount in Batch.objects.filter(channel="bank").values_list("scheme", "amount"):
        paid[scheme] += amount
    assert paid == plan.paid
    assert paid["NCC"] == pytest.approx(103e9 * 5_000 / 54_649, rel=0.01)
    assert paid["BTXH"] == pytest.approx(80e9 * 5_000 / 54_649, rel=0.01)
    december = Batch.objects.filter(round__cycle=DECEMBER)
    assert sum(batch.count for batch in december) == 5_000
    assert sum(batch.count for batch in december if batch.channel == "bank") == 392 + 1_543


def test_it_refuses_a_database_that_holds_people():
    worlds.person()
    with pytest.raises(RollNotEmpty):
        seed_roll(pairs=500, month=DECEMBER, seed=1)
    with pytest.raises(CommandError):
        call_command("seed_roll", people=500, stdout=StringIO())


def test_the_command_prints_one_json_object():
    out = StringIO()
    call_command("seed_roll", "--people", "500", "--json", stdout=out)
    printed = json.loads(out.getvalue())
    assert printed["pairs"] == 500
    assert printed["schemes"]["NCC"]["all"] == 83
    assert printed["people"] == Person.objects.count()


def test_another_month_keeps_the_counts():
    plan = plan_roll(pairs=1_000, month=date(2024, 6, 1), seed=1)
    present = [person for person in plan.people if person.last is None]
    assert sum(len(person.schemes) for person in present) == 1_000
    assert len(plan.cycles) == 6


def test_shares_are_whole_and_within_their_limits():
    assert share_out(10, {"a": 1, "b": 1, "c": 1}, {"a": 1, "b": 9, "c": 9}) == {"a": 1, "b": 5, "c": 4}
    with pytest.raises(ValueError):
        share_out(3, {"a": 1}, {"a": 2})


def test_every_kind_of_person_names_categories_of_the_law():
    named = {kind.category for kind in mix.NCC + mix.BTXH} | {
        c for k in mix.NCC + mix.BTXH for c, _s in k.gains
    }
    loaded = set(Entitlement._meta.get_field("category").related_model.objects.values_list("code", flat=True))
    assert named <= loaded


def test_demonstration_officers_have_two_people_in_each_district(settings):
    officers = create_demo_officers(on=DECEMBER)
    assert {o.username for o in officers} >= {
        "tinh",
        "quantri",
        "kiemtoan",
        "ketoan",
        "buudien",
        "huyen593",
        "duyet593",
    }
    for district in Unit.objects.on(DECEMBER).districts():
        roles = Role.objects.filter(unit=district)
        assert {r.name: r.user_id for r in roles}.keys() == {RoleName.PREPARER, RoleName.APPROVER}
        assert roles.values("user").distinct().count() == 2
    assert User.objects.get(username="tinh").check_password(officers[0].password)
    again = create_demo_officers(on=DECEMBER)
    assert User.objects.count() == Role.objects.count() == len(again)
    settings.DEMO = False
    with pytest.raises(NotADemonstration):
        create_demo_officers(on=DECEMBER)
