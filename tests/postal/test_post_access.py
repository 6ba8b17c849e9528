"""A clerk sees only her own points, and no list or file is reached by guessing its address."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from payments.models import Batch
from postal import urls
from postal.models import Notice
from postal.operations import archives, corrections, proof
from postal.queries.contracts import contract_for
from tests import worlds
from tests.desk_world import DECEMBER
from tests.page_policy import faults
from tests.postal import world as post_world

pytestmark = pytest.mark.django_db
PUBLIC = {"post_worker"}
# Lists of what the reader has: shown to everybody, empty for an outsider.
LISTS = {
    "post_month", "post_points", "post_contracts", "post_contract", "post_settlements", "post_notices",
    "post_service",
}  # fmt: skip


@pytest.fixture
def world(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return post_world.build()


def addresses(world) -> dict[str, str]:
    """Every address of the Post's pages, with the ids of what there is."""
    archive = archives.ask_archive(
        month=DECEMBER, commune=worlds.commune(), by=world.desk.officers["preparer"], at=worlds.NOON
    )
    archives.make_archive(archive_id=archive.pk, at=worlds.clock)
    values = {
        "day_id": world.day.pk,
        "point_id": world.point.pk,
        "batch_id": world.batch.pk,
        "archive_id": archive.pk,
        "kind": "pdf",
    } | extra_values(world)
    found = {}
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        names = pattern.pattern.converters
        found[pattern.name] = reverse(pattern.name, kwargs={name: values[name] for name in names})
    return found


def extra_values(world) -> dict:
    payment = world.payments()[0]
    asked = corrections.ask_correction(
        payment=payment, wanted="paid", reason="x", by=world.clerk, at=worlds.NOON
    )
    scan = proof.keep_scan(day=world.day, content=b"%PDF-1.7", signed=1, by=world.clerk, at=worlds.NOON)
    notice = Notice.objects.create(
        person=payment.person, commune=payment.commune, scheme="BTXH", kind="moved", month=DECEMBER,
        payment=payment, opened_at=worlds.NOON,
    )  # fmt: skip
    return {
        "scan_id": scan.pk,
        "notice_id": notice.pk,
        "contract_id": contract_for(commune=worlds.commune(), on=DECEMBER).pk,
        "payment_id": payment.pk,
        "correction_id": asked.pk,
    }


def test_nobody_reaches_a_page_of_the_post_without_signing_in(world):
    for name, address in addresses(world).items():
        for method in ("get", "post"):
            answer = getattr(Client(), method)(address)
            if name not in PUBLIC:
                assert answer.status_code in (302, 405), (name, method)
                if answer.status_code == 302:
                    assert answer.url.startswith(reverse("login")), (name, method)


@pytest.mark.parametrize("who", ["post_clerk", "commune_officer", "preparer", "administrator"])
def test_every_page_keeps_the_page_policy(world, who):
    client = world.client(who)
    found = {name: faults(client.get(address)) for name, address in addresses(world).items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("who", ["outsider", "other_clerk", "viewer"])
def test_no_address_of_another_area_or_point_answers(world, who):
    client = world.client(who)
    found = addresses(world)
    names = [payment.person.name for payment in world.payments()]
    for name, address in found.items():
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            assert faults(answer) == [], (name, method)
            if name in LISTS | PUBLIC and answer.status_code == 200:
                text = answer.content.decode()
                assert "Bưu điện Hàm Tiến" not in text, (name, method)
                assert not any(person in text for person in names)
            else:
                assert answer.status_code in (302, 403, 404, 405), (who, name, method, answer.status_code)
                assert answer.status_code != 302 or name in {"post_plan", "post_upload"}, (who, name, method)


def test_a_clerk_sees_her_own_point_and_its_list_and_nothing_of_the_batch(world):
    client = world.client("post_clerk")
    assert "Bưu điện Hàm Tiến" in client.get(reverse("post_month"), {"month": "2024-12"}).content.decode()
    assert client.get(reverse("post_day", args=[world.day.pk])).status_code == 200
    assert (
        client.get(reverse("post_day_paper", args=[world.day.pk, world.batch.pk, "pdf"])).status_code == 200
    )
    for address in (
        reverse("batch", args=[world.batch.pk]),
        reverse("post_changes", args=[world.batch.pk, "pdf"]),
        reverse("person", args=[world.desk.people[2].pk]),
    ):
        assert client.get(address).status_code in (403, 404)


def test_a_day_does_not_give_out_the_list_of_a_batch_that_is_not_on_it(world):
    other = Batch.objects.exclude(pk=world.batch.pk)[0]
    client = world.client("preparer")
    assert client.get(reverse("post_day_paper", args=[world.day.pk, other.pk, "pdf"])).status_code == 404
    assert client.get(reverse("post_changes", args=[other.pk, "pdf"])).status_code == 404


def test_an_archive_is_not_found_by_another_name(world):
    client = world.client("preparer")
    addresses(world)
    assert client.get(reverse("post_archive_file", args=[uuid.uuid4()])).status_code == 404
