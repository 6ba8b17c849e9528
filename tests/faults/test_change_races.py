"""Two officers with one request at once: one step counts. Each guard has its control: off, the bug shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection

from beneficiaries.models import ChangeEvent, ChangeRequest, Entitlement, Payee
from beneficiaries.operations import changes
from beneficiaries.operations.changes import deciding, drafting
from beneficiaries.operations.errors import DecisionRefused
from tests import worlds
from tests.beneficiaries.change_world import AT, draft, saved, submitted

pytestmark = pytest.mark.django_db(transaction=True)
OCTOBER = date(2024, 10, 1)


@pytest.fixture(autouse=True)
def reference(transactional_db):
    worlds.load_reference()


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Run the calls in threads that start together, each on its own connection; results or refusals in order."""
    barrier = threading.Barrier(len(calls), timeout=60)

    def run(call: Callable[[], object]) -> object:
        try:
            barrier.wait()
            return call()
        except (DecisionRefused, IntegrityError) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@contextmanager
def unguarded() -> Iterator[None]:
    """Read without a lock, wait for the other, and write whatever was read: what the guards are there to stop."""
    both = threading.Barrier(2, timeout=60)

    def read(*, request_id: int, version: int) -> ChangeRequest:
        found = ChangeRequest.objects.select_related("person").get(pk=request_id)
        both.wait()
        return found

    def write(*, request, to, by, at, reason="", **fields) -> None:
        ChangeRequest.objects.filter(pk=request.pk).update(state=to, **fields)
        ChangeEvent.objects.create(
            request=request, from_state=request.state, to_state=to, version=request.version, at=at, by=by
        )
        request.state = to

    with pytest.MonkeyPatch.context() as patch:
        for module in (deciding, drafting):
            patch.setattr(module, "seen", read)
            patch.setattr(module, "move", write)
        patch.setattr(deciding, "on_record", lambda request, _on: request.found)
        yield


def asked() -> ChangeRequest:
    grant = worlds.grant(worlds.person(), "BTXH_5.5c", since=OCTOBER)
    content = {"entitlements": [grant.pk], "last_month": "2024-12-01", "why": "ineligible"}
    return submitted("stop", grant.person, content, by=worlds.officer("xa"))


def names(results: list[object]) -> list[str]:
    return sorted(type(one).__name__ for one in results)


def two_approvals(made: ChangeRequest) -> tuple[list[object], int]:
    approvers = [worlds.officer(name) for name in ("duyet1", "duyet2")]
    results = at_once(
        *(
            lambda one=one: changes.approve(request_id=made.pk, version=1, by=one, at=AT)  # type: ignore[misc]
            for one in approvers
        )
    )
    return results, made.events.filter(to_state="approved").count()


def test_two_approvers_at_once_carry_it_out_once():
    results, approvals = two_approvals(asked())
    assert names(results) == ["ChangeRequest", "MoveRefused"]
    assert approvals == 1
    assert Entitlement.objects.get().last_month == date(2024, 12, 1)


def test_control_without_the_guards_two_approvals_stand():
    content = {"role": "authorised", "name": "Cháu Nội", "document": "Giấy 5"}
    made = submitted("payee", worlds.person(), content, by=worlds.officer("xa"))
    changes.open_request(request_id=made.pk, version=1, by=worlds.officer("duyet0"), at=AT)
    with unguarded():
        _results, approvals = two_approvals(made)
    assert approvals == 2
    assert Payee.objects.count() == 2


def opened_while_taken_back(made: ChangeRequest) -> tuple[list[object], ChangeRequest]:
    clerk, approver = made.submitted_by, worlds.officer("duyet1")
    results = at_once(
        lambda: changes.take_back(request_id=made.pk, version=1, by=clerk, at=AT),
        lambda: changes.open_request(request_id=made.pk, version=1, by=approver, at=AT),
    )
    return results, ChangeRequest.objects.get()


def test_taking_back_and_opening_at_once_leave_one_of_them():
    results, left = opened_while_taken_back(asked())
    assert names(results) == ["ChangeRequest", "MoveRefused"]
    assert left.state == ("draft" if isinstance(results[0], ChangeRequest) else "opened")
    assert left.events.count() == 3  # begun, submitted, and the one that won


def test_control_without_the_guards_only_the_database_refuses_a_draft_that_somebody_opened():
    made = asked()
    with unguarded():
        results, _left = opened_while_taken_back(made)
    assert names(results) == ["ChangeRequest", "IntegrityError"]


def test_an_approval_and_an_edit_at_once_never_carry_out_what_was_not_seen():
    made = asked()
    clerk, approver = made.submitted_by, worlds.officer("duyet1")
    other = draft("stop", made.person, made.asked | {"last_month": "2024-11-01"})

    def edit() -> ChangeRequest:
        changes.take_back(request_id=made.pk, version=1, by=clerk, at=AT)
        kept = changes.save_draft(draft=other, client_key=made.client_key, by=clerk, at=AT, version=1)
        return changes.submit(request_id=made.pk, version=kept.version, by=clerk, at=AT)

    edited, approved = at_once(
        edit, lambda: changes.approve(request_id=made.pk, version=1, by=approver, at=AT)
    )
    last = Entitlement.objects.get().last_month
    if isinstance(approved, ChangeRequest):
        assert (last, type(edited).__name__) == (date(2024, 12, 1), "MoveRefused")
    else:
        assert (last, type(edited).__name__) == (None, "ChangeRequest")


def test_one_draft_sent_twice_at_once_is_kept_once():
    person, clerk = worlds.person(), worlds.officer("xa")
    made = saved("stop", person, {}, by=clerk)
    again = draft("suspend", worlds.person("Người Khác"), {})
    key = made.uuid
    results = at_once(
        *[lambda: changes.save_draft(draft=again, client_key=key, by=clerk, at=AT)] * 2,
    )
    assert names(results) == ["ChangeRequest", "ChangeRequest"]
    assert ChangeRequest.objects.filter(client_key=key).count() == 1


def test_two_requests_of_a_kind_for_one_person_at_once_leave_one():
    person, clerk = worlds.person(), worlds.officer("xa")
    results = at_once(*[lambda: saved("stop", person, {}, by=clerk)] * 2)
    assert names(results) == ["AlreadyAsked", "ChangeRequest"]
