"""A bank that asks for anything of another bank's gets 404, at every address of the interface."""

import pytest
from django.test import RequestFactory
from django.urls import get_resolver, reverse
from django.utils import timezone
from rest_framework.views import APIView

from banks.api.access import ScopePermission
from banks.api.urls import urlpatterns
from banks.models import Inquiry, Notice
from banks.operations import webhooks
from payments.models import StopOrder
from payments.operations.stop_orders import order_stop
from tests.banks.bank_world import AGRIBANK, NOON, VIETCOMBANK, add_client, paid

pytestmark = pytest.mark.django_db
BODIES = {
    "bank_acknowledge": {"count": 5, "amount": 2_500_000, "sha256": "0" * 64},
    "bank_stop": {"answer": "stopped"},
    "bank_inquiry": {"exists": False},
}


@pytest.fixture
def full(acknowledged):
    """Agribank has one of everything that has an address."""
    world, agribank = acknowledged, acknowledged.clients[AGRIBANK]
    webhooks.set_webhook(client_id=agribank.pk, url="http://127.0.0.1:1/", at=NOON)
    webhooks.collect_notices(at=timezone.now())
    order_stop(payment_id=world.payments()[0].pk, by=world.officers["duyet"], at=NOON, reason="Đã mất")
    method = world.payments()[0].payout_method
    Inquiry.objects.create(payout_method=method, provider_id=AGRIBANK, asked_at=NOON)
    world.report("m1", paid(world.payments()[1]))
    return world


def addresses(world):
    """Every address that names a thing, filled in with Agribank's, by its name."""
    things = {
        "batch_id": world.batch().pk,
        "key": world.payments()[0].pk,
        "stop_id": StopOrder.objects.get().pk,
        "message_id": "m1",
        "inquiry_id": Inquiry.objects.get().pk,
        "notice_id": Notice.objects.first().pk,
    }
    found = {}
    for pattern in urlpatterns:
        names = pattern.pattern.regex.groupindex
        if names:
            given = {name: str(things[name]) for name in names}
            found[pattern.name] = (reverse(pattern.name, kwargs=given).removeprefix("/api/banks/v1"), pattern)
    return found


def test_every_thing_of_another_bank_s_is_404_by_every_method(full):
    before = full.get("/batches").json()
    asked = 0
    for name, (path, pattern) in addresses(full).items():
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
            if not hasattr(pattern.callback.cls, method.lower().replace("head", "get")):
                continue
            own = full.call(method, path, BODIES.get(name), bank=AGRIBANK) if method == "GET" else None
            assert own is None or own.status_code == 200, (method, path)
            theirs = full.call(method, path, BODIES.get(name), bank=VIETCOMBANK)
            assert (theirs.status_code, theirs["Content-Type"]) == (404, "application/problem+json"), (
                method,
                path,
            )
            asked += 1
    # Eight to be read (each by GET and HEAD) and three to be answered: each address that names a thing.
    assert asked == 19
    assert full.get("/batches").json() == before


def test_the_site_has_no_other_address_for_machines():
    def addresses_of(patterns, prefix=""):
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            yield from (
                addresses_of(pattern.url_patterns, path) if hasattr(pattern, "url_patterns") else [path]
            )

    found = [path for path in addresses_of(get_resolver().url_patterns) if path.startswith("api/")]
    ours = ["api/banks/v1/" + str(pattern.pattern) for pattern in urlpatterns]
    assert sorted(found) == sorted([*ours, "api/schema/"])


def test_no_list_of_things_holds_another_bank_s(full):
    keys = {str(payment.pk) for payment in full.payments()}
    for pattern in urlpatterns:
        if pattern.pattern.regex.groupindex or not hasattr(pattern.callback.cls, "get"):
            continue
        path = "/" + str(pattern.pattern)
        answer = full.get(path, bank=VIETCOMBANK)
        assert answer.status_code == 200, path
        text = answer.content.decode()
        assert not [key for key in keys if key in text], path
        assert "10203040" + "00" not in text, path


def test_a_view_that_forgets_its_permissions_admits_nobody(full):
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {full.tokens[AGRIBANK]}"})
    assert APIView.as_view()(request).status_code == 403


def test_every_address_of_the_interface_asks_for_a_token_and_its_scope():
    """The two that do not are the address that gives tokens, and the one for what does not exist."""
    views = {pattern.name: pattern.callback.cls for pattern in urlpatterns}
    open_ones = {name for name, view in views.items() if ScopePermission not in view.permission_classes}
    assert open_ones == {"bank_token", "bank_nothing"}
    unscoped = {
        name for name, view in views.items() if name not in open_ones for method in ("get", "post", "put", "delete")
        if hasattr(view, method) and method.upper() not in view.scopes
    }  # fmt: skip
    assert unscoped == {"bank_me"}


def test_without_the_scope_every_address_is_403_and_without_a_token_401(full):
    add_client(full, AGRIBANK, name="nothing", scopes=[])
    for path, pattern in [
        *addresses(full).values(),
        *[("/" + str(p.pattern), p) for p in urlpatterns if not p.pattern.regex.groupindex],
    ]:
        for method in ("GET", "POST"):
            scopes = getattr(pattern.callback.cls, "scopes", {})
            if method not in scopes:
                continue
            assert full.call(method, path, {}, bank="nothing").status_code == 403, (method, path)
            full.tokens["nobody"] = "none"
            assert full.call(method, path, {}, bank="nobody").status_code == 401, (method, path)
