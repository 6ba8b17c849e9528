"""What the Post reports opens a change request in the commune by itself, once."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from beneficiaries.models import ChangeRequest, Payee
from beneficiaries.operations.changes import Draft, save_draft
from postal.models import Notice, NoticeKind
from postal.operations.marks import NewMark, receive_marks
from postal.operations.notices import Question, ask_communes
from tests import worlds
from tests.desk_world import DECEMBER

pytestmark = pytest.mark.django_db


def report(world, payment, reason, device=1):
    mark = NewMark(uuid.uuid4(), payment.pk, "not_paid", uuid.UUID(int=device), timezone.now(), reason=reason)
    receive_marks(day=world.day, marks=[mark], by=world.clerk, at=timezone.now())


def uncollected(world, payment, scheme):
    asked = Question(
        payment.person_id, payment.commune_id, scheme, NoticeKind.UNCOLLECTED, DECEMBER, payment.pk
    )
    ask_communes(questions=[asked], by=world.desk.officers["accountant"], at=worlds.NOON)


def test_a_death_and_a_move_reported_at_the_desk_open_a_draft_each_once(world):
    one, two, *_rest = world.payments()
    report(world, one, "died")
    report(world, one, "died", device=2)
    report(world, two, "moved")
    assert list(ChangeRequest.objects.order_by("pk").values_list("person", "kind", "state", "commune")) == [
        (one.person_id, "death", "draft", worlds.commune().pk),
        (two.person_id, "move", "draft", worlds.commune().pk),
    ]
    assert ChangeRequest.objects.filter(prepared_by=world.clerk).count() == 2
    page = world.client("commune_officer").get(reverse("post_notices")).content.decode()
    assert "Đề nghị thay đổi được mở tự động: " in page


def test_a_request_that_the_commune_has_open_already_is_referred_to(world):
    one, *_rest = world.payments()
    own = save_draft(
        draft=Draft(kind="death", path="application", commune=worlds.commune(), person=one.person),
        client_key=uuid.uuid4(), by=world.desk.officers["commune_officer"], at=worlds.NOON,
    )  # fmt: skip
    report(world, one, "died")
    assert Notice.objects.get().request == own
    assert ChangeRequest.objects.count() == 1


def test_three_months_uncollected_propose_a_suspension_from_the_next_month_for_social_protection(world):
    one, *_rest = world.payments()
    uncollected(world, one, "BTXH")
    uncollected(world, one, "BTXH")
    request = ChangeRequest.objects.get()
    assert (request.kind, request.asked) == (
        "suspend",
        {
            "entitlements": [one.person.entitlements.get().pk],
            "from_month": "2025-01-01",
            "ground": "uncollected",
        },
    )


def test_for_revolutionary_contributions_somebody_visits_and_nothing_is_suspended(world):
    one, *_rest = world.payments()
    uncollected(world, one, "NCC")
    assert Notice.objects.get().request is None
    assert not ChangeRequest.objects.exists()
    page = world.client("commune_officer").get(reverse("post_notices")).content.decode()
    assert "Không có quy định tạm đình chỉ" in page


def test_a_lapsed_authorisation_is_asked_about_without_a_request(world):
    one, *_rest = world.payments()
    Payee.objects.create(person=one.person, role="authorised", name="A", valid_from="2023-01-01")
    asked = Question(one.person_id, one.commune_id, "BTXH", NoticeKind.LAPSED, DECEMBER, one.pk)
    ask_communes(questions=[asked], by=None, at=worlds.NOON)
    assert Notice.objects.get().request is None
