"""A change of law is proposed by one officer, previewed over everybody, confirmed by another, and looked back on."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import User
from areas.models import Unit
from beneficiaries.models import Reckon
from benefits.entering import Entered, RowsRefused, complete
from benefits.models import Base, Proposal, ProposalState, Rate
from payments.models import Line
from payments.operations import generation, proposals
from payments.operations.errors import MoveRefused, RoundInProgress
from payments.operations.proposals import OwnProposal
from payments.queries.preview import Figures, simulate
from tests import worlds

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]

NOVEMBER, DECEMBER, JANUARY = date(2024, 11, 1), date(2024, 12, 1), date(2025, 1, 1)
DECREE = "Nghị định 99/2024/NĐ-CP"


@pytest.fixture
def officers(db) -> tuple[User, User]:
    return worlds.officer("một"), worlds.officer("hai")


def base(amount, applies_from=NOVEMBER, in_force=date(2024, 12, 10), **more):
    return Entered(2, "BTXH_STANDARD", applies_from, in_force, amount=amount, **more)


def propose(officers, *rows, source=DECREE):
    return proposals.propose(
        rows=complete(rows, source=source), source=source, note="", by=officers[0], at=worlds.NOON
    )


def preview(proposal):
    while proposals.reckon_next_part(proposal_id=proposal.pk, at=worlds.NOON):
        pass
    figures = Figures()
    for part in proposal.parts.all():
        figures.add(part.figures)
    return figures


def lines(who):
    found = Line.objects.filter(payment__person=who)
    return sorted((f"{line.for_month:%Y-%m}", line.kind, line.amount) for line in found)


def test_a_preview_says_who_changes_by_how_much_and_what_arrears_come(officers):
    old, disabled, hero = (
        worlds.person(f"Nguyễn Thị {n}", born=date(1940, 1, 1)) for n in ("Một", "Hai", "Ba")
    )
    worlds.grant(old, "BTXH_5.5c", since=NOVEMBER)
    worlds.grant(disabled, "BTXH_5.6_N", since=DECEMBER)
    worlds.grant(hero, "TB", since=NOVEMBER, injury_rate=45)
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    proposal = propose(officers, base(600_000))
    figures = preview(proposal)
    # In force on 10 December, before January's list of the 20th: January is the first month paid by it.
    assert (proposal.first_month, proposal.month) == (NOVEMBER, JANUARY)
    # January: 5(5)(c) 1.0 and 5(6) severe, an elderly person, 2.0; the war invalid's 4,024,000 stays.
    total = figures.total()
    assert (total.people, total.changed, total.losing) == (3, 2, 0)
    assert (total.before, total.after) == (500_000 + 1_000_000 + 4_024_000, 600_000 + 1_200_000 + 4_024_000)
    assert {key: row.difference for key, row in figures.by("category").items()} == {
        "BTXH_5.5c": 100_000,
        "BTXH_5.6_N": 200_000,
        "TB": 0,
    }
    assert {key: row.difference for key, row in figures.by("scheme").items()} == {"BTXH": 300_000, "NCC": 0}
    # Arrears: November for the first, December for both.
    assert figures.total(past=True).difference == 100_000 + 100_000 + 200_000
    assert {key: row.difference for key, row in figures.by("month", past=True).items()} == {
        "2024-11": 100_000,
        "2024-12": 300_000,
    }


def test_a_preview_writes_nothing_but_its_figures(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    before = (Base.objects.count(), Rate.objects.count(), Line.objects.count(), Reckon.objects.count())
    preview(propose(officers, base(600_000)))
    assert (
        Base.objects.count(),
        Rate.objects.count(),
        Line.objects.count(),
        Reckon.objects.count(),
    ) == before


def test_what_is_confirmed_is_paid_with_the_arrears_that_the_preview_announced(officers):
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    proposal = propose(officers, base(600_000))
    announced = preview(proposal).total(past=True).difference
    proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)
    worlds.run_round(JANUARY)
    assert lines(who) == [
        ("2024-11", "arrears", 100_000),
        ("2024-11", "regular", 500_000),
        ("2024-12", "arrears", 100_000),
        ("2024-12", "regular", 500_000),
        ("2025-01", "regular", 600_000),
    ]
    assert announced == sum(amount for _month, kind, amount in lines(who) if kind == "arrears")
    row = Base.objects.get(legal_source=DECREE)
    assert (row.amount, row.confidence, row.from_file) == (600_000, "verified", False)


def test_a_row_loaded_after_it_was_already_law_is_looked_back_on_at_once(officers):
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    worlds.run_round(DECEMBER)
    proposal = propose(officers, base(600_000, in_force=date(2024, 10, 15)))
    preview(proposal)
    proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)
    worlds.run_round(DECEMBER)
    assert [line for line in lines(who) if line[1] == "arrears"] == [("2024-11", "arrears", 100_000)]
    assert sum(amount for *_rest, amount in lines(who)) == 2 * 600_000


def test_the_one_who_proposed_cannot_confirm(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    proposal = propose(officers, base(600_000))
    preview(proposal)
    with pytest.raises(OwnProposal):
        proposals.confirm(proposal_id=proposal.pk, by=officers[0], at=worlds.NOON)
    assert not Base.objects.filter(legal_source=DECREE).exists()


def test_nothing_is_confirmed_before_its_preview_is_complete(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    proposal = propose(officers, base(600_000))
    with pytest.raises(MoveRefused):
        proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)


def test_a_preview_that_months_have_overtaken_is_reckoned_again_first(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    proposal = propose(officers, base(600_000, in_force=date(2024, 10, 1)))
    preview(proposal)
    worlds.run_round(DECEMBER)
    with pytest.raises(MoveRefused):
        proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)
    proposals.preview_anew(proposal_id=proposal.pk)
    figures = preview(proposal)
    assert figures.total(past=True).difference == 2 * 100_000
    proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)


def test_the_law_does_not_change_while_a_round_is_being_made(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    proposal = propose(officers, base(600_000))
    preview(proposal)
    cycle = generation.open_cycle(month=NOVEMBER)
    generation.open_round(cycle=cycle, routed_on=NOVEMBER, at=worlds.NOON)
    with pytest.raises(RoundInProgress):
        proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)


def test_a_decided_proposal_is_not_decided_twice(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    proposal = propose(officers, base(600_000))
    preview(proposal)
    proposals.withdraw_proposal(proposal_id=proposal.pk, by=officers[0], at=worlds.NOON)
    with pytest.raises(MoveRefused):
        proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)
    assert Proposal.objects.get().state == ProposalState.WITHDRAWN


def test_a_lower_rate_shows_who_loses_and_what_was_overpaid(officers):
    who = worlds.person(born=date(1980, 1, 1))
    worlds.grant(who, "BTXH_5.6_N", since=NOVEMBER)
    worlds.run_round(NOVEMBER)
    row = Entered(2, "BTXH_5.6_N", NOVEMBER, NOVEMBER, coefficient=Decimal("1.2"))
    figures = preview(propose(officers, row))
    assert figures.total().losing == 1
    assert figures.total().difference == 600_000 - 750_000
    assert figures.total(past=True).difference == 600_000 - 750_000


def test_rates_that_were_missing_are_shown_as_newly_payable(officers):
    november = date(2026, 11, 1)
    worlds.grant(worlds.person(born=date(1950, 1, 1)), "TB", since=november, injury_rate=45)
    row = Entered(2, "TB_45", date(2026, 7, 1), date(2026, 10, 1), amount=4_345_000)
    figures = preview(propose(officers, row, source="Nghị định 321/2026/NĐ-CP"))
    total = figures.total()
    assert (total.unrated_before, total.unrated_after) == (1, 0)
    assert (total.before, total.after) == (0, 4_345_000)


def test_hiv_categories_are_counted_without_their_name(officers):
    worlds.grant(worlds.person(born=date(1980, 1, 1)), "BTXH_5.8", since=NOVEMBER)
    figures = preview(propose(officers, base(600_000)))
    assert list(figures.by("category")) == ["BTXH"]


def test_a_province_s_own_base_is_previewed_for_its_people_alone(officers):
    who = worlds.person()
    worlds.grant(who, "BTXH_5.5c", since=NOVEMBER)
    figures = preview(propose(officers, base(700_000, area="60")))
    assert (figures.total().before, figures.total().after) == (500_000, 700_000)
    Unit.objects.create(level="province", code="98", kind="tỉnh", name="Khác", valid_from=date(2000, 1, 1))
    elsewhere = preview(propose(officers, base(700_000, area="98")))
    assert elsewhere.total().difference == 0


def test_a_simulation_compares_one_month_and_writes_nothing():
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    rows = complete([Entered(2, "BTXH_STANDARD", amount=550_000)], source="thử", month=DECEMBER)
    figures = simulate(rows, month=DECEMBER)
    assert (figures.total().before, figures.total().after) == (500_000, 550_000)
    assert not Base.objects.filter(amount=550_000).exists()
    assert not Proposal.objects.exists()


def test_a_row_entered_again_takes_the_place_of_the_old_one(officers):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    for hours, amount in enumerate((600_000, 610_000)):
        at = worlds.NOON + timedelta(hours=hours)
        proposal = propose(officers, base(amount))
        while proposals.reckon_next_part(proposal_id=proposal.pk, at=at):
            pass
        proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=at)
    assert Base.objects.get(base_code="BTXH_STANDARD", applies_from=NOVEMBER).amount == 610_000


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (Entered(7, "XX_1", NOVEMBER, NOVEMBER, amount=1), "XX_1"),
        (Entered(7, "TB_45", NOVEMBER, NOVEMBER), "hệ số"),
        (Entered(7, "TB_45", NOVEMBER, NOVEMBER, amount=1, coefficient=Decimal(1)), "hệ số"),
        (Entered(7, "TB_45", None, NOVEMBER, amount=1), "tháng"),
        (Entered(7, "TB_45", NOVEMBER, NOVEMBER, coefficient=Decimal(1)), "mức chuẩn"),
        (Entered(7, "BTXH_STANDARD", NOVEMBER, NOVEMBER, amount=1, area="97"), "97"),
        (Entered(7, "TB_45", NOVEMBER, NOVEMBER, amount=1, applies_to=date(2024, 10, 1)), "kết thúc"),
    ],
)
def test_a_row_that_cannot_become_law_is_named_with_what_to_do(row, told):
    with pytest.raises(RowsRefused) as refused:
        complete([row], source=DECREE)
    assert refused.value.problems[0][0] == 7
    assert told in str(refused.value)


def ages(code, age_from, age_to):
    return Entered(2, code, NOVEMBER, NOVEMBER, coefficient=Decimal(2), category="BTXH_5.1",
                   base_code="BTXH_STANDARD", age_from=age_from, age_to=age_to)  # fmt: skip


def test_a_later_row_for_a_few_ages_leaves_the_others_as_they_were(officers):
    # 5(1) is 2.5 under 4 and 1.5 from 4; the row puts 2.0 for the ages of 2 to 5.
    for age in (1, 3, 5, 8):
        worlds.grant(worlds.person(f"Cháu {age}", born=date(2024 - age, 1, 1)), "BTXH_5.1", since=NOVEMBER)
    total = preview(propose(officers, ages("BTXH_5.1_MOI", 2, 6))).total()
    assert (total.before, total.after) == (
        (1_250_000 + 1_250_000 + 750_000 + 750_000),
        (1_250_000 + 1_000_000 + 1_000_000 + 750_000),
    )


def test_two_new_rates_for_the_same_age_are_refused(officers):
    with pytest.raises(RowsRefused):
        propose(officers, ages("BTXH_5.1_A", 2, 6), ages("BTXH_5.1_B", 5, 8))
    assert not Rate.objects.filter(band_code="BTXH_5.1_A").exists()


def test_the_same_row_twice_is_refused():
    with pytest.raises(RowsRefused):
        complete(
            [base(600_000), Entered(3, "BTXH_STANDARD", NOVEMBER, date(2024, 12, 10), amount=1)], source="x"
        )


def test_the_site_s_own_rights_are_enough_to_propose_preview_and_confirm(officers, as_application):
    worlds.grant(worlds.person(), "BTXH_5.5c", since=NOVEMBER)
    proposal = propose(officers, base(600_000))
    preview(proposal)
    proposals.confirm(proposal_id=proposal.pk, by=officers[1], at=worlds.NOON)
    assert Base.objects.filter(legal_source=DECREE).exists()
