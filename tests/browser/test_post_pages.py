"""The Post's pages in a real browser: sound in both languages, at the desk and on a phone."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from postal.operations import proof
from postal.operations.marks import NewMark, receive_marks
from tests.browser.conftest import Watched
from tests.browser.looking import faults_of_pages, sign_in
from tests.postal import world as post_world
from tests.postal.world import PostWorld

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(live_server: LiveServer, settings: object, tmp_path: object) -> PostWorld:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    made = post_world.build(password=True)
    one, two, *_rest = made.payments()
    now = timezone.now()
    marks = [
        NewMark(uuid.uuid4(), one.pk, "paid", uuid.UUID(int=1), now, receipt="B1"),
        NewMark(uuid.uuid4(), one.pk, "paid", uuid.UUID(int=2), now, receipt="B2"),
        NewMark(uuid.uuid4(), two.pk, "not_paid", uuid.UUID(int=1), now, reason="moved"),
    ]
    receive_marks(day=made.day, marks=marks, by=made.clerk, at=now)
    proof.keep_scan(day=made.day, content=b"%PDF-1.7", signed=2, by=made.clerk, at=now)
    return made


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_of_the_post_is_sound_at_the_desk_and_on_a_phone(
    live_server: LiveServer, world: PostWorld, watched: Watched, language: str
) -> None:
    month = "?month=2024-12"
    day = reverse("post_day", args=[world.day.pk])
    pages = {
        "preparer": [
            reverse("post_month") + month, day, reverse("post_points"), reverse("post_contracts"),
            reverse("post_point", args=[world.point.pk]), reverse("post_settlements") + month,
            reverse("post_service") + month, reverse("post_notices"),
        ],
        "accountant": [reverse("post_settlement", args=[world.batch.pk])],
        "post_clerk": [reverse("post_month") + month, day, reverse("post_desk", args=[world.day.pk])],
    }  # fmt: skip
    page, site, wrong = watched.page, live_server.url, {}
    for who, addresses in pages.items():
        sign_in(page, site, who, language)
        wrong[who] = faults_of_pages(watched, site, addresses, language=language)
    assert not any(wrong.values()), wrong
