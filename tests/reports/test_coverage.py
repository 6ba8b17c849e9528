"""Coverage counts each pair of person and scheme once, covered only where the money came to an account."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.access import province_reader, reader_for
from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import Obstacle
from payments.models import Batch, Payment
from payments.operations import batches
from payments.transitions import Outcome
from reports.models import Figure, Part, Target
from reports.queries.coverage import By, NoFigures
from tests import worlds
from tests.reports.world import DECEMBER, NOON, coverage, elderly, officers, report, rows, send, total

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]
NOVEMBER = date(2024, 11, 1)


def test_before_the_settlement_a_person_counts_by_where_the_money_was_sent():
    elderly(bank=True)
    elderly("Trần Thị Hai")
    worlds.run_round(DECEMBER)
    assert total() == (1, 2, 1_000_000, 500_000)


def test_an_account_that_the_bank_refused_no_longer_covers():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    assert total() == (1, 1, 500_000, 500_000)
    send(DECEMBER, officers())
    report(Payment.objects.get(), Outcome.FAILED, refuses_account=True)
    assert total() == (0, 1, 0, 0)


def test_money_that_failed_at_the_bank_and_was_paid_at_the_post_is_cash_and_counts_once():
    who = elderly(bank=True)
    worlds.run_round(DECEMBER)
    by = officers()
    send(DECEMBER, by)
    report(Payment.objects.get(), Outcome.FAILED, refuses_account=True)
    worlds.run_round(DECEMBER)
    send(DECEMBER, by)
    assert Payment.objects.filter(person=who).count() == 2
    report(Payment.objects.get(batch__provider="POST"), Outcome.PAID)
    assert total() == (0, 1, 500_000, 0)
    assert rows(By.CATEGORY) == {"BTXH_5.5c": (0, 1)}


def test_money_that_came_back_after_it_was_paid_no_longer_covers():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    send(DECEMBER, officers())
    report(Payment.objects.get(), Outcome.PAID)
    assert total() == (1, 1, 500_000, 500_000)
    report(Payment.objects.get(), Outcome.RETURNED)
    assert total() == (0, 1, 0, 0)


def test_two_rounds_through_the_account_are_one_covered_person_with_both_amounts():
    who = elderly(bank=True)
    worlds.run_round(DECEMBER)
    worlds.grant(who, "BTXH_5.4", since=DECEMBER, heads=1)
    worlds.run_round(DECEMBER)
    # A single parent's support, coefficient 1.0, beside the allowance of an elderly woman, 1.0.
    assert Payment.objects.count() == 2
    assert total() == (1, 1, 1_000_000, 1_000_000)


def test_a_person_paid_partly_in_cash_in_the_month_is_not_covered():
    who = elderly(since=NOVEMBER, queue=False)
    worlds.run_round(DECEMBER)
    worlds.account(who, since=date(2024, 12, 2))
    worlds.reckon(who, NOVEMBER)
    worlds.run_round(DECEMBER, routed_on=date(2024, 12, 3))
    assert set(Payment.objects.values_list("batch__channel", flat=True)) == {"post", "bank"}
    assert total() == (0, 1, 1_000_000, 500_000)


def test_a_person_with_both_schemes_counts_in_each_and_the_total_is_their_sum():
    who = elderly(bank=True)
    worlds.grant(who, "CDHH", since=DECEMBER, injury_rate=61, queue=False)
    elderly("Trần Thị Hai")
    worlds.run_round(DECEMBER)
    assert rows(By.SCHEME) == {"NCC": (1, 1), "BTXH": (1, 2)}
    assert total()[:2] == (2, 3)


def test_a_withdrawn_payment_does_not_count():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    by = officers()
    batch = Batch.objects.get()
    batches.submit(batch_id=batch.pk, by=by["huyen"], at=NOON)
    assert total()[:2] == (1, 1)
    batches.withdraw(payment_id=Payment.objects.get().pk, by=by["duyet"], at=NOON, reason="Đã mất")
    assert total() == (0, 0, 0, 0)


def test_unclaimed_money_counts_its_person_and_no_amount():
    elderly()
    worlds.run_round(DECEMBER)
    send(DECEMBER, officers())
    report(Payment.objects.get(), Outcome.UNCLAIMED)
    assert total() == (0, 1, 0, 0)


def test_people_paid_through_an_institution_stand_outside():
    elderly(bank=True)
    resident = worlds.person("Nguyễn Thị Ở Cơ Sở")
    worlds.grant(resident, "BTXH_25.1", since=DECEMBER, queue=False)
    worlds.run_round(DECEMBER)
    assert Payment.objects.count() == 2
    assert total() == (1, 1, 500_000, 500_000)
    assert rows(By.CATEGORY) == {"BTXH_5.5c": (1, 1)}


def test_rows_of_communes_and_districts_follow_the_payment_not_where_people_live_now():
    who = elderly(bank=True)
    worlds.run_round(DECEMBER)
    other = Unit.objects.on(DECEMBER).communes().exclude(parent=worlds.commune().parent).first()
    who.residences.update(commune=other)
    assert rows(By.COMMUNE) == {"22918": (1, 1)}
    assert rows(By.DISTRICT) == {"593": (1, 1)}


def test_where_districts_are_gone_their_rows_are_the_paying_units():
    month = date(2025, 8, 1)
    commune = Unit.objects.on(month).communes().first()
    worlds.grant(worlds.person(born=date(1980, 1, 1), lives=commune), "BTXH_5.6_N", since=month)
    worlds.run_round(month)
    assert rows(By.DISTRICT, month) == rows(By.COMMUNE, month) == {commune.code: (0, 1)}


def test_the_second_month_of_tet_shows_the_cycle_that_pays_it():
    january, february = date(2025, 1, 1), date(2025, 2, 1)
    elderly(since=january)
    worlds.run_round(january, last_month=february)
    assert total(february) == total(january) == (0, 1, 1_000_000, 0)


def test_a_month_without_a_cycle_says_what_to_do():
    with pytest.raises(NoFigures, match="run_cycle 2031-01"):
        coverage(month=date(2031, 1, 1), by=By.SCHEME, reader=province_reader())


def test_the_year_adds_what_went_through_accounts_since_january():
    elderly(bank=True, since=NOVEMBER)
    elderly("Trần Thị Hai", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    found = coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader())
    assert found.total.amount_year == 1_000_000
    assert coverage(month=NOVEMBER, by=By.SCHEME, reader=province_reader()).total.amount_year == 500_000


def test_figures_are_taken_again_only_when_something_happened():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    total()
    Figure.objects.filter(part=Part.WHOLE).update(amount=1)
    assert total()[2] == 1
    batches.submit(batch_id=Batch.objects.get().pk, by=officers()["huyen"], at=NOON)
    assert total()[2] == 500_000


def test_the_gap_is_the_people_missing_to_the_target_rounded_up():
    Target.objects.create(on_date=date(2024, 12, 31), set_on=date(2024, 6, 1), rate=Decimal("0.4"))
    for number in range(7):
        elderly(f"Nguyễn Thị {number}", bank=number == 0)
    worlds.run_round(DECEMBER)
    row = coverage(month=DECEMBER, by=By.SCHEME, reader=province_reader()).total
    # 40 % of 7 is 2.8: three people, of whom one is covered.
    assert (row.target, row.gap, row.covered) == (Decimal("0.4"), 2, 1)


def test_a_target_of_one_district_and_scheme_goes_before_the_provinces():
    phan_thiet = worlds.commune().parent
    Target.objects.create(
        unit=phan_thiet, on_date=date(2025, 12, 31), set_on=date(2024, 6, 1), rate=Decimal("0.5")
    )
    elderly()
    worlds.run_round(DECEMBER)
    found = coverage(month=DECEMBER, by=By.DISTRICT, reader=province_reader())
    assert found.rows[0].target == Decimal("0.5")
    assert found.total.target == 1


def test_a_reader_sees_the_figures_of_the_own_area_only():
    here, there = (
        worlds.commune(),
        Unit.objects.on(DECEMBER).communes().exclude(parent=worlds.commune().parent).first(),
    )
    elderly(lives=here, bank=True)
    elderly("Trần Thị Hai", lives=there)
    worlds.run_round(DECEMBER)
    user = worlds.officer("xa")
    Role.objects.create(user=user, name=RoleName.COMMUNE_OFFICER, unit=here, valid_from=date(2024, 1, 1))
    reader = reader_for(user, on=DECEMBER)
    assert total(reader=reader)[:2] == (1, 1)
    assert rows(By.COMMUNE, reader=reader) == {here.code: (1, 1)}
    # Her district's row would claim the district's figure: she sees her commune's instead.
    assert rows(By.DISTRICT, reader=reader) == {here.code: (1, 1)}
    assert rows(By.COMMUNE, reader=reader_for(worlds.officer("khach"), on=DECEMBER)) == {}


def test_sensitive_categories_hide_behind_the_smallest_other_one():
    sick = worlds.person("Lê Thị Kín", born=date(1980, 1, 1))
    worlds.grant(sick, "BTXH_5.8", since=DECEMBER, queue=False)
    elderly()
    worlds.run_round(DECEMBER)
    assert rows(By.CATEGORY) == {"BTXH_OTHER": (0, 2)}
    # Two people are missing to the target, 100 % by December 2025: one a month for twelve months.
    folded = coverage(month=DECEMBER, by=By.CATEGORY, reader=province_reader()).rows[0]
    assert (folded.gap, folded.needed) == (2, 1)
    user = worlds.officer("duyet-huyen")
    Role.objects.create(
        user=user, name=RoleName.APPROVER, unit=worlds.commune().parent, valid_from=date(2024, 1, 1)
    )
    assert rows(By.CATEGORY, reader=reader_for(user, on=DECEMBER)) == {
        "BTXH_5.8": (0, 1),
        "BTXH_5.5c": (0, 1),
    }


def test_communes_of_one_name_are_told_apart_by_their_district():
    for commune in Unit.objects.filter(code__in=("23221", "23257", "22918"), valid_to__isnull=False):
        elderly(f"Người Ở {commune.code}", lives=commune)
    worlds.run_round(DECEMBER)
    found = coverage(month=DECEMBER, by=By.COMMUNE, reader=province_reader()).rows
    assert {row.key: row.name for row in found} == {
        "23221": "Xã Tân Hà (Huyện Đức Linh)",
        "23257": "Xã Tân Hà (Huyện Hàm Tân)",
        "22918": "Phường Hàm Tiến",
    }


def test_reasons_are_those_of_the_month_and_of_uncovered_people_only():
    with_reason, without, covered = elderly(), elderly("Trần Thị Hai"), elderly("Lê Thị Ba", bank=True)
    for who in (with_reason, covered):
        Obstacle.objects.create(person=who, reason="no_smartphone", noted_on=date(2024, 5, 1))
    Obstacle.objects.create(person=without, reason="not_asked", noted_on=date(2025, 1, 2))
    worlds.run_round(DECEMBER)
    total()
    assert dict(Figure.objects.filter(part=Part.OBSTACLE).values_list("key", "people")) == {
        "no_smartphone": 1,
        "": 1,
    }


def test_standing_figures_are_read_in_few_queries():
    elderly(bank=True)
    worlds.run_round(DECEMBER)
    total()
    reader = province_reader()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        coverage(month=DECEMBER, by=By.COMMUNE, reader=reader)
    assert len(queries) <= 12
