"""Who is authorised collects until the authorisation lapses: after its term, after a year, and at death."""

import uuid
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import reader_for
from beneficiaries.models import Payee, Person
from postal.models import Listing, Mark, Notice
from postal.operations import calendar
from postal.operations.marks import NewMark, receive_marks
from postal.queries.lists import pay_lists
from postal.queries.service import alerts
from tests import worlds
from tests.desk_world import DECEMBER
from tests.postal.world import FIFTH

pytestmark = pytest.mark.django_db


def authorise(person: Person, since: date, until: date | None = None, name: str = "Lê Thị Con") -> Payee:
    return Payee.objects.create(
        person=person, role="authorised", name=name, document="Giấy ủy quyền 7", valid_from=since,
        valid_to=until,
    )  # fmt: skip


def deal_out_again(world) -> None:
    Listing.objects.all().delete()
    calendar.list_payments(month=DECEMBER, communes=[world.point.commune_id], at=worlds.NOON)


def row_of(world, person: Person):
    return next(row for made in pay_lists(days=[world.day]) for row in made.rows if row.person == person.pk)


def paid_to(world, payee: Payee) -> list[str]:
    payment = world.batch.payments.get(person=payee.person)
    mark = NewMark(
        uuid.uuid4(), payment.pk, "paid", uuid.UUID(int=1), timezone.now(), receipt="B", payee=payee.pk
    )
    return [
        f"{answer.state} {answer.why}".strip()
        for answer in receive_marks(day=world.day, marks=[mark], by=world.clerk, at=timezone.now())
    ]


# The pay day is 5 December 2024, a Thursday; the day on which an authorisation begins is not counted in its year.
@pytest.mark.parametrize(
    ("since", "until", "lapsed"),
    [
        (date(2023, 12, 5), None, None),
        (date(2023, 12, 4), None, FIFTH),
        (date(2022, 3, 1), date(2024, 12, 5), None),
        (date(2022, 3, 1), date(2024, 12, 4), FIFTH),
    ],
)
def test_an_authorisation_holds_through_its_term_or_a_year(world, since, until, lapsed):
    person = world.desk.people[2]
    payee = authorise(person, since, until)
    row = row_of(world, person)
    assert [made.name for made in row.payees] == ([] if lapsed else ["Lê Thị Con"])
    assert [(made.name, made.since) for made in row.lapsed] == ([("Lê Thị Con", lapsed)] if lapsed else [])
    said = paid_to(world, payee)
    assert said == (
        ["refused Ủy quyền của Lê Thị Con hết hiệu lực từ ngày 05/12/2024."] if lapsed else ["kept"]
    )
    assert Mark.objects.count() == (0 if lapsed else 1)


# Everybody of this list has 1,500,000 đồng to collect: three months of 500,000.
@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (1_500_000, "kept"),
        (1_499_999, "refused Lê Thị Con chỉ được nhận thay tối đa 1.499.999 ₫ mỗi lần."),
    ],
)
def test_nobody_collects_more_than_the_document_allows(world, limit, said):
    person = world.desk.people[2]
    payee = authorise(person, date(2024, 6, 1))
    Payee.objects.filter(pk=payee.pk).update(limit=limit)
    # The list, and with it the desk without a network, does not offer who may not collect as much.
    assert [made.id for made in row_of(world, person).payees] == ([payee.pk] if said == "kept" else [])
    assert paid_to(world, payee) == [said]


def test_the_desk_and_the_day_say_why_and_the_commune_is_asked_once(world):
    person = world.desk.people[2]
    authorise(person, date(2023, 1, 1))
    deal_out_again(world)
    deal_out_again(world)
    notice = Notice.objects.get()
    assert (notice.kind, notice.person, notice.commune) == ("lapsed", person, worlds.commune())
    clerk = world.client("post_clerk")
    rows = clerk.get(reverse("post_desk_data", args=[world.day.pk])).json()["rows"]
    told = [(payee["name"], payee["since"]) for row in rows for payee in row["lapsed"]]
    # A year from 1 January 2023 ends with the next working day after New Year's Day of 2024.
    assert told == [("Lê Thị Con", "03/01/2024")]
    page = clerk.get(reverse("post_day", args=[world.day.pk])).content.decode()
    assert "Lê Thị Con không còn được nhận thay: ủy quyền hết hiệu lực từ ngày 03/01/2024" in page
    notices = world.client("commune_officer").get(reverse("post_notices")).content.decode()
    assert "giấy ủy quyền nhận thay đã hết hiệu lực" in notices
    Notice.objects.update(
        answer="Đã hỏi", answered_by=world.desk.officers["commune_officer"], answered_at=worlds.NOON
    )
    deal_out_again(world)
    assert Notice.objects.count() == 1


def test_whoever_was_authorised_anew_collects_and_nobody_is_asked(world):
    person = world.desk.people[2]
    authorise(person, date(2023, 1, 1))
    again = authorise(person, date(2024, 6, 1))
    deal_out_again(world)
    row = row_of(world, person)
    assert ([made.id for made in row.payees], row.lapsed) == ([again.pk], [])
    assert not Notice.objects.exists()


def test_a_death_ends_an_authorisation_and_money_taken_by_it_is_an_alert(world):
    person = world.desk.people[2]
    payee = authorise(person, date(2024, 6, 1))
    heir = Payee.objects.create(
        person=person, role="heir", name="Lê Văn Kế", document="Giấy khai sinh", valid_from=DECEMBER
    )
    Person.objects.filter(pk=person.pk).update(died_on=date(2024, 12, 2))
    assert [made.id for made in row_of(world, person).payees] == [heir.pk]
    # A device that fetched its list before the death was recorded paid in good faith: kept, and looked at.
    assert paid_to(world, payee) == ["kept"]
    found = alerts(month=DECEMBER, reader=reader_for(world.desk.officers["preparer"], on=FIFTH))
    assert [(row["kind"], row["name"]) for row in found if row["kind"] == "dead"] == [("dead", person.name)]
