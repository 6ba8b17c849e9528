"""The first page says what waits for an officer, and to whoever nothing waits for, where to look."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.access import Reader
from accounts.models import RoleName
from tests import desk_world

pytestmark = pytest.mark.django_db


def page(world: desk_world.World, who: str, language: str = "en") -> str:
    return world.client(who).get("/", headers={"accept-language": language}).content.decode()


def test_an_auditor_finds_what_may_be_read_and_no_turn(world):
    shown = page(world, "auditor")
    assert "change nothing" in shown
    for name in ("cycles", "batches", "people", "overpaid", "law", "dashboard"):
        assert f'href="{reverse(name)}"' in shown
    assert "To do" not in shown
    assert "không thay đổi gì" in page(world, "auditor", "vi")


@pytest.mark.parametrize(
    ("role", "said", "unsaid"),
    [
        ("commune_officer", "A change request that was returned", "A list that"),
        ("preparer", "to be checked and submitted", "to be approved"),
        ("approver", "A list that was submitted appears here, to be approved.", "voucher"),
        ("accountant", "for the voucher, the release and the settlement", "to be submitted"),
        ("administrator", "A cycle appears here to be closed", "A list that"),
    ],
)
def test_an_empty_desk_says_what_will_wait_for_that_role_and_nothing_else(world, role, said, unsaid):
    shown = page(world, role)
    assert "Nothing waits for you" in shown
    assert said in shown
    assert unsaid not in shown


def test_an_auditor_alone_only_looks_among_those_with_this_page():
    def only_looks(*roles: str) -> bool:
        return Reader(user_id=1, grants=tuple((role, frozenset({1})) for role in roles)).only_looks

    assert {role for role in RoleName.values if only_looks(role)} == {RoleName.AUDITOR, RoleName.VIEWER}
    assert not only_looks(RoleName.AUDITOR, RoleName.APPROVER)
    assert not only_looks()
