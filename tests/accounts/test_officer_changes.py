"""Officers' accounts: two administrators give, one takes away, and whoever leaves is out at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.access import Action, reader_for
from accounts.models import (
    ChangeKind,
    ChangeState,
    Delegation,
    OfficerChange,
    Role,
    RoleName,
    SecondFactor,
    User,
)
from accounts.operations import officers, second_factor
from accounts.operations.delegation import DelegationRefused, candidates, delegate, end_delegation
from accounts.operations.officers import ChangeRefused
from areas.models import Unit
from tests import worlds
from tests.stepped_up import stepped_up

pytestmark = pytest.mark.django_db
TODAY = date(2024, 12, 2)
NOON = worlds.NOON


@pytest.fixture
def district(db) -> Unit:
    worlds.load_reference()
    return Unit.objects.districts().get(code="593")


@pytest.fixture
def first(district) -> User:
    return somebody("quantri", RoleName.ADMINISTRATOR, district.parent)


@pytest.fixture
def second(district) -> User:
    return somebody("quantri2", RoleName.ADMINISTRATOR, district.parent)


def somebody(name: str, role: str, unit: Unit) -> User:
    user = worlds.officer(name)
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    return user


def everywhere() -> set[int]:
    return set(Unit.objects.values_list("pk", flat=True))


def proposed(district: Unit, by: User) -> OfficerChange:
    return officers.propose_account(
        username="lan", full_name="Nguyễn Thị Lan", role=RoleName.PREPARER, unit=district, valid_from=TODAY,
        valid_to=None, reason="Quyết định 12", by=by, at=NOON,
    )  # fmt: skip


def test_an_account_exists_and_may_act_only_when_a_second_administrator_has_confirmed_it(
    district, first, second
):
    change = proposed(district, first)
    assert not User.objects.filter(username="lan").exists()
    with pytest.raises(ChangeRefused, match="khác"):
        officers.confirm(change_id=change.pk, by=first, at=NOON, units=everywhere())
    given = officers.confirm(change_id=change.pk, by=second, at=NOON, units=everywhere())
    assert given is not None
    lan = User.objects.get(username="lan")
    assert lan.check_password(given.password)
    assert lan.second_factor.invitation == given.invitation.replace("-", "")
    assert reader_for(lan, on=TODAY).may(Action.SUBMIT, district.pk)
    with pytest.raises(ChangeRefused, match="đã được quyết định"):
        officers.confirm(change_id=change.pk, by=second, at=NOON, units=everywhere())


def test_the_database_itself_refuses_one_person_for_both_halves(district, first):
    change = proposed(district, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfficerChange.objects.filter(pk=change.pk).update(
            state=ChangeState.DONE, decided_by=first, decided_at=NOON
        )


def test_nobody_gives_herself_a_role_nor_confirms_one_for_herself_or_outside_her_area(
    district, first, second
):
    facts = {"unit": district, "valid_from": TODAY, "valid_to": None, "reason": "a", "at": NOON}
    with pytest.raises(ChangeRefused):
        officers.propose_role(user=first, role=RoleName.APPROVER, by=first, **facts)
    change = officers.propose_role(user=second, role=RoleName.APPROVER, by=first, **facts)
    with pytest.raises(ChangeRefused):
        officers.confirm(change_id=change.pk, by=second, at=NOON, units=everywhere())
    third = worlds.officer("quantri3")
    with pytest.raises(ChangeRefused, match="địa bàn"):
        officers.confirm(change_id=change.pk, by=third, at=NOON, units=set())
    assert not Role.objects.filter(name=RoleName.APPROVER).exists()


def test_a_role_that_was_given_from_that_day_before_is_not_said_to_be_given_again(district, first, second):
    user = somebody("duyet", RoleName.APPROVER, district)
    officers.end_role(role=user.roles.get(), reason="Thôi", by=first, at=NOON, today=TODAY)
    facts = {"unit": district, "valid_to": None, "reason": "a", "by": first, "at": NOON}
    again = officers.propose_role(user=user, role=RoleName.APPROVER, valid_from=date(2024, 1, 1), **facts)
    with pytest.raises(ChangeRefused, match="từ ngày đó"):
        officers.confirm(change_id=again.pk, by=second, at=NOON, units=everywhere())
    assert OfficerChange.objects.get(pk=again.pk).state == ChangeState.OPEN
    later = officers.propose_role(user=user, role=RoleName.APPROVER, valid_from=TODAY, **facts)
    officers.confirm(change_id=later.pk, by=second, at=NOON, units=everywhere())
    assert reader_for(user, on=TODAY).may(Action.APPROVE, district.pk)


def test_an_administrator_of_another_district_neither_sees_nor_decides_what_is_proposed_here(district, first):
    user = somebody("duyet", RoleName.APPROVER, district)
    reset = officers.propose_reset(user=user, reason="Mất máy", by=first, at=NOON)
    account = proposed(district, first)
    far = somebody("quantri3", RoleName.ADMINISTRATOR, Unit.objects.districts().get(code="594"))
    client = Client()
    client.force_login(far, backend="django.contrib.auth.backends.ModelBackend")
    assert "Mất máy" not in stepped_up(client).get("/officers/").content.decode()
    for change in (reset, account):
        for action in ("confirm", "withdraw"):
            answer = client.post(f"/officers/changes/{change.pk}/", {"action": action})
            assert answer.status_code == 404, (change, action)
    assert set(OfficerChange.objects.values_list("state", flat=True)) == {ChangeState.OPEN}


def test_a_first_password_opens_only_the_page_that_changes_it_and_expires(district, first, second):
    given = officers.confirm(
        change_id=proposed(district, first).pk, by=second, at=timezone.now(), units=everywhere()
    )
    assert given is not None
    client = Client()
    signed_in = client.post("/sign-in/", {"username": "lan", "password": given.password})
    assert signed_in["Location"] == "/"
    assert client.get("/")["Location"] == "/account/password/"
    new = "năm cái nón lá bay"
    fields = {"old_password": given.password, "new_password1": new, "new_password2": new}
    assert client.post("/account/password/", fields)["Location"] == "/account/"
    assert client.get("/").status_code == 200
    User.objects.filter(username="lan").update(first_password_until=timezone.now() - timedelta(minutes=1))
    assert "hết hạn" in Client().post("/sign-in/", {"username": "lan", "password": new}).content.decode()


def test_whoever_leaves_is_out_with_her_next_request_and_stays_out(district, first):
    leaver = somebody("duyet", RoleName.APPROVER, district)
    leaver.set_password("một mật khẩu đủ dài")
    leaver.save()
    second_factor.invite(user=leaver)
    second_factor.begin(user=leaver)
    client = Client()
    client.force_login(leaver, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/batches/").status_code == 200
    officers.close_account(user=leaver, reason="Nghỉ hưu", by=first, at=NOON, today=timezone.localdate())
    assert client.get("/batches/")["Location"].startswith("/sign-in/")
    assert not reader_for(User.objects.get(pk=leaver.pk), on=timezone.localdate()).grants
    assert SecondFactor.objects.get(user=leaver).pending is None
    User.objects.filter(pk=leaver.pk).update(is_active=True)
    assert client.get("/batches/")["Location"].startswith("/sign-in/")
    record = OfficerChange.objects.get(user=leaver)
    assert (record.kind, record.reason, record.decided_by) == (ChangeKind.LEAVE, "Nghỉ hưu", first)


def test_a_role_ends_at_once_also_one_that_began_today(district, first):
    user = somebody("duyet", RoleName.APPROVER, district)
    new = Role.objects.create(user=user, name=RoleName.ACCOUNTANT, unit=district, valid_from=TODAY)
    for role in (user.roles.get(name=RoleName.APPROVER), new):
        assert reader_for(user, on=TODAY).roles
        officers.end_role(role=role, reason="Thôi", by=first, at=NOON, today=TODAY)
    assert not reader_for(user, on=TODAY).roles
    assert reader_for(user, on=TODAY - timedelta(days=1)).roles == {RoleName.APPROVER}


def test_a_reset_ends_the_password_the_authenticator_and_every_session(district, first, second):
    user = somebody("duyet", RoleName.APPROVER, district)
    SecondFactor.objects.create(user=user, secret="GEZDGNBV", since=NOON)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    change = officers.propose_reset(user=user, reason="Mất máy", by=first, at=NOON)
    assert officers.confirm(change_id=change.pk, by=second, at=NOON, units=everywhere()) is not None
    assert client.get("/")["Location"].startswith("/sign-in/")
    assert SecondFactor.objects.get(user=user).secret is None


def test_administrators_do_all_of_it_on_their_pages(district, first, second):
    clients = []
    for user in (first, second):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        clients.append(stepped_up(client))
    fields = {
        "username": "lan", "full_name": "Nguyễn Thị Lan", "role": "preparer", "unit": district.pk,
        "valid_from": "01/12/2024", "valid_to": "", "reason": "Quyết định 12",
    }  # fmt: skip
    answer = clients[0].post("/officers/propose/", fields)
    assert answer["Location"] == "/officers/"
    change = OfficerChange.objects.get(username="lan")
    assert "Nguyễn Thị Lan" in clients[1].get("/officers/").content.decode()
    page = clients[1].post(f"/officers/changes/{change.pk}/", {"action": "confirm"}).content.decode()
    lan = User.objects.get(username="lan")
    assert "<code>lan</code>" in page
    assert "Nguyễn Thị Lan" in clients[0].get(f"/officers/{lan.pk}/").content.decode()
    for action in ("leave", "reset", "end_role"):
        facts = {"action": action, "reason": " ", "role": lan.roles.get().pk}
        said = clients[0].post(f"/officers/{lan.pk}/act/", facts, follow=True).content.decode()
        assert "Hãy nhập lý do." in said, action
    assert OfficerChange.objects.filter(user=lan).count() == 1  # the account that was made
    assert User.objects.get(pk=lan.pk).is_active
    assert lan.roles.get().valid_to is None
    left = clients[0].post(f"/officers/{lan.pk}/act/", {"action": "leave", "reason": "Chuyển đi"})
    assert left.status_code == 302
    assert not User.objects.get(pk=lan.pk).is_active


def test_the_first_two_administrators_are_made_once_on_the_server(district):
    two = [("lan", "Nguyễn Thị Lan"), ("hung", "Lê Văn Hùng")]
    facts = {"province": district.parent, "at": NOON, "today": TODAY}
    with pytest.raises(ChangeRefused):
        officers.first_administrators(officers=[("lan", "Lan"), ("LAN", "Lan")], **facts)
    made = officers.first_administrators(officers=two, **facts)
    for given in made:
        user = User.objects.get(username=given.username)
        assert user.check_password(given.password)
        assert reader_for(user, on=TODAY).may(Action.ADMINISTER, district.pk)
    with pytest.raises(ChangeRefused, match="một lần"):
        officers.first_administrators(officers=[("a", "A"), ("b", "B")], **facts)


# Delegation.


def standing_in(district: Unit, to_role: str = RoleName.COMMUNE_OFFICER) -> tuple[User, User, Role]:
    absent = somebody("duyet", RoleName.APPROVER, district)
    unit = worlds.commune() if to_role == RoleName.COMMUNE_OFFICER else district
    return absent, somebody("thay", to_role, unit), absent.roles.get()


def make(
    role: Role, to: User, by: User, days: tuple[date, date] = (TODAY, TODAY + timedelta(days=4))
) -> Delegation:
    return delegate(
        role=role,
        to=to,
        valid_from=days[0],
        valid_to=days[1],
        reason="Nghỉ phép",
        by=by,
        at=NOON,
        today=TODAY,
    )


def test_a_delegate_may_on_those_days_and_no_others_what_the_role_allows_in_its_unit(district):
    absent, stands_in, role = standing_in(district)
    make(role, stands_in, absent)
    for day, may in ((-1, False), (0, True), (4, True), (5, False)):
        reader = reader_for(stands_in, on=TODAY + timedelta(days=day))
        assert reader.may(Action.APPROVE, district.pk) is may, day
        assert reader.user_id == stands_in.pk
    assert not reader_for(stands_in, on=TODAY).may(
        Action.APPROVE, Unit.objects.districts().get(code="594").pk
    )
    assert reader_for(absent, on=TODAY).may(Action.APPROVE, district.pk)


@pytest.mark.parametrize("other_half", [RoleName.PREPARER, RoleName.ACCOUNTANT])
def test_who_prepares_or_pays_does_not_stand_in_for_who_approves(district, other_half):
    absent, stands_in, role = standing_in(district, other_half)
    with pytest.raises(DelegationRefused, match="hai người"):
        make(role, stands_in, absent)


@pytest.mark.parametrize(
    ("first_day", "last_day"), [(-1, 3), (3, 2), (0, 92)], ids=["past", "backwards", "too long"]
)
def test_a_delegation_lies_ahead_and_is_short(district, first_day, last_day):
    absent, stands_in, role = standing_in(district)
    with pytest.raises(DelegationRefused):
        make(role, stands_in, absent, (TODAY + timedelta(days=first_day), TODAY + timedelta(days=last_day)))


def test_only_one_s_own_role_is_delegated_and_only_within_the_area(district):
    absent, stands_in, role = standing_in(district)
    far = somebody("xa", RoleName.COMMUNE_OFFICER, Unit.objects.districts().get(code="594"))
    with pytest.raises(DelegationRefused, match="địa bàn"):
        make(role, far, absent)
    with pytest.raises(DelegationRefused):
        make(role, far, stands_in)
    assert list(candidates(role=role, on=TODAY)) == [stands_in]


@pytest.mark.parametrize("other", [RoleName.POST_CLERK, RoleName.AUDITOR])
def test_no_clerk_of_the_post_and_no_auditor_stands_in(district, other):
    absent, outsider, role = standing_in(district, other)
    assert outsider not in candidates(role=role, on=TODAY)
    with pytest.raises(DelegationRefused, match="địa bàn"):
        make(role, outsider, absent)


@pytest.mark.django_db(transaction=True)
def test_two_who_delegate_to_one_officer_at_once_do_not_give_both_halves(district):
    absent, stands_in, role = standing_in(district)
    preparer = somebody("lap", RoleName.PREPARER, district)

    def other_half() -> str:
        try:
            make(preparer.roles.get(), stands_in, preparer)
        except DelegationRefused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            make(role, stands_in, absent)
            second = pool.submit(other_half)
            while not second.done() and not somebody_waits_for_a_lock():
                pass
        assert "hai người" in second.result(timeout=60)
    assert Delegation.objects.get().role == role


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")
        return cursor.fetchone() is not None


def test_a_delegation_ends_by_either_of_the_two_with_the_role_and_with_its_holder_s_account(district, first):
    absent, stands_in, role = standing_in(district)
    for by in (absent, stands_in):
        one = make(role, stands_in, absent)
        with pytest.raises(DelegationRefused):
            end_delegation(delegation=one, by=first, today=TODAY)
        end_delegation(delegation=one, by=by, today=TODAY)
        assert not reader_for(stands_in, on=TODAY).may(Action.APPROVE)
    make(role, stands_in, absent)
    officers.close_account(user=absent, reason="Nghỉ", by=first, at=NOON, today=TODAY)
    assert not reader_for(stands_in, on=TODAY).may(Action.APPROVE)


def test_an_officer_delegates_on_her_page_and_the_menu_says_for_whom(district):
    today = timezone.localdate()
    absent, stands_in, role = standing_in(district)
    client, other = Client(), Client()
    client.force_login(absent, backend="django.contrib.auth.backends.ModelBackend")
    other.force_login(stands_in, backend="django.contrib.auth.backends.ModelBackend")
    fields = {
        "to": stands_in.pk, "valid_from": f"{today:%d/%m/%Y}", "valid_to": f"{today:%d/%m/%Y}",
        "reason": "Đi công tác",
    }  # fmt: skip
    asked = client.post(f"/account/delegate/{role.pk}/", fields)
    assert asked.status_code == 200
    assert not Delegation.objects.exists()
    assert stepped_up(client).post(f"/account/delegate/{role.pk}/", fields)["Location"] == "/account/"
    assert "làm thay duyet" in other.get("/account/").content.decode()
    ended = other.post(f"/account/delegations/{Delegation.objects.get().pk}/end/")
    assert ended["Location"] == "/account/"
    assert not Delegation.objects.exists()
