"""The authenticator's codes: RFC 6238's own, each once, not too many tries, and the recovery codes beside them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts import totp
from accounts.models import RecoveryCode, SecondFactor, User
from accounts.operations import second_factor as factors
from accounts.operations.second_factor import CodeRefused

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
PASSWORD = "một mật khẩu đủ dài"
# RFC 6238, appendix B, SHA-1: the secret is the ASCII text 12345678901234567890; the last six of its eight digits.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.fixture
def user(db) -> User:
    return User.objects.create_user("duyet", password=PASSWORD)


def enrolled(user: User, at: datetime = NOON) -> tuple[str, list[str]]:
    given = factors.invite(user=user)
    secret = factors.begin(user=user)
    code = totp.code_at(secret, totp.step_of(at))
    return secret, factors.enrol(user=user, password=PASSWORD, code=code, at=at, invitation=given)


def code(secret: str, at: datetime) -> str:
    return totp.code_at(secret, totp.step_of(at))


@pytest.mark.parametrize(("second", "digits"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(second: int, digits: str):
    assert totp.code_at(RFC_SECRET, totp.step_of(datetime.fromtimestamp(second, UTC))) == digits


def test_a_password_alone_sets_no_first_authenticator_up(user):
    with pytest.raises(CodeRefused, match="mã thiết lập"):
        factors.begin(user=user)
    given = factors.invite(user=user)
    secret = factors.begin(user=user)
    proof = {"user": user, "password": PASSWORD, "code": code(secret, NOON), "at": NOON}
    for wrong in ("", "aaaaa-aaaaa", PASSWORD):
        with pytest.raises(CodeRefused, match="không đúng"):
            factors.enrol(**proof, invitation=wrong)
    assert SecondFactor.objects.get(user=user).secret is None
    assert len(factors.enrol(**proof, invitation=f" {given.upper()} ")) == 10


def test_a_set_up_code_counts_once_the_last_one_given_and_not_guessed_for_ever(user):
    earlier = factors.invite(user=user)
    given = factors.invite(user=user)
    secret = factors.begin(user=user)
    proof = {"user": user, "password": PASSWORD, "code": code(secret, NOON), "at": NOON}
    for _try in range(5):
        with pytest.raises(CodeRefused, match="không đúng"):
            factors.enrol(**proof, invitation=earlier)
    with pytest.raises(CodeRefused, match="phút"):
        factors.enrol(**proof, invitation=given)
    later = NOON + timedelta(minutes=6)
    factors.enrol(**proof | {"code": code(secret, later), "at": later}, invitation=given)
    factors.forget(user=user)
    with pytest.raises(CodeRefused, match="mã thiết lập"):
        factors.begin(user=user)
    SecondFactor.objects.filter(user=user).update(pending=SecondFactor._meta.get_field("pending").encrypt(
        secret, SecondFactor.objects.get(user=user).uuid))  # fmt: skip
    with pytest.raises(CodeRefused, match="mã thiết lập"):
        factors.enrol(**proof | {"code": code(secret, later), "at": later}, invitation=given)


def test_the_server_s_command_gives_a_code_to_whom_no_administrator_can(user):
    out = io.StringIO()
    call_command("setup_code", "duyet", stdout=out)
    secret = factors.begin(user=user)
    proof = {"user": user, "password": PASSWORD, "code": code(secret, NOON), "at": NOON}
    factors.enrol(**proof, invitation=out.getvalue())
    for name, said in (("duyet", "has an authenticator"), ("ai", "No open account")):
        with pytest.raises(CommandError, match=said):
            call_command("setup_code", name)


def test_a_code_counts_once_and_no_earlier_one_after_it(user):
    secret, _codes = enrolled(user)
    later = NOON + timedelta(minutes=2)
    factors.verify(user=user, code=code(secret, later), at=later)
    for again in (later, later - timedelta(seconds=30)):
        with pytest.raises(CodeRefused, match="đã dùng"):
            factors.verify(user=user, code=code(secret, again), at=later)
    factors.verify(user=user, code=code(secret, later + timedelta(seconds=30)), at=later)


def test_the_code_that_enrolled_is_not_taken_again(user):
    secret, _codes = enrolled(user)
    with pytest.raises(CodeRefused):
        factors.verify(user=user, code=code(secret, NOON), at=NOON)


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off_and_no_more(user, off, taken):
    secret, _codes = enrolled(user)
    later = NOON + timedelta(hours=1)
    shown = code(secret, later + timedelta(seconds=off))
    if taken:
        factors.verify(user=user, code=f"{shown[:3]} {shown[3:]}", at=later)
    else:
        with pytest.raises(CodeRefused):
            factors.verify(user=user, code=shown, at=later)


def test_five_wrong_codes_bring_a_wait_that_doubles_and_a_right_one_ends_the_count(user):
    secret, _codes = enrolled(user)
    at = NOON + timedelta(hours=1)
    waits = []
    for _round in range(3):
        for _try in range(5):
            with pytest.raises(CodeRefused, match="không đúng"):
                factors.verify(user=user, code="no such code", at=at)
        with pytest.raises(CodeRefused, match="phút"):
            factors.verify(user=user, code=code(secret, at), at=at)
        wait = next(n for n in (5, 10, 20) if accepts_again(user, at + timedelta(minutes=n)))
        waits.append(wait)
        at += timedelta(minutes=wait)
    assert waits == [5, 10, 20]
    factors.verify(user=user, code=code(secret, at), at=at)
    assert SecondFactor.objects.get(user=user).failures == 0


def accepts_again(user: User, at: datetime) -> bool:
    """Whether a try would be looked at, without counting it."""
    factor = SecondFactor.objects.get(user=user)
    try:
        factors._refuse_while_waiting(factor, at)
    except CodeRefused:
        return False
    return True


def test_a_recovery_code_stands_in_once_and_only_its_hash_is_kept(user):
    _secret, codes = enrolled(user)
    assert len(set(codes)) == 10
    kept = {bytes(one.code_index) for one in RecoveryCode.objects.filter(user=user)}
    assert not any(recovery.replace("-", "").encode() in kept for recovery in codes)
    later = NOON + timedelta(minutes=1)
    factors.verify(user=user, code=f" {codes[3].upper()} ", at=later)
    with pytest.raises(CodeRefused):
        factors.verify(user=user, code=codes[3], at=later)
    assert factors.renew_recovery_codes(user=user) != codes
    with pytest.raises(CodeRefused):
        factors.verify(user=user, code=codes[4], at=later)


def test_one_s_recovery_code_does_not_stand_in_for_another(user):
    enrolled(user)
    other = User.objects.create_user("khac", password=PASSWORD)
    _secret, codes = enrolled(other)
    with pytest.raises(CodeRefused):
        factors.verify(user=user, code=codes[0], at=NOON + timedelta(minutes=1))


def test_enrolling_takes_the_password_and_the_code_and_keeps_the_old_until_then(user):
    secret, _codes = enrolled(user)
    new = factors.begin(user=user)
    later = NOON + timedelta(minutes=5)
    for password, shown in (("khác", code(new, later)), (PASSWORD, code(secret, later))):
        with pytest.raises(CodeRefused):
            factors.enrol(user=user, password=password, code=shown, at=later)
    factors.verify(user=user, code=code(secret, later), at=later)
    factors.enrol(user=user, password=PASSWORD, code=code(new, later), at=later)
    much_later = later + timedelta(minutes=5)
    with pytest.raises(CodeRefused):
        factors.verify(user=user, code=code(secret, much_later), at=much_later)


def test_the_secret_is_not_readable_in_the_database(user):
    secret, _codes = enrolled(user)
    stored = SecondFactor.objects.filter(user=user).values_list("secret", flat=True).get()
    assert secret.encode() not in bytes(stored)
