"""An officer's authenticator: enrolling it, proving oneself with it, and the codes for when it is lost."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import totp
from accounts.models import RecoveryCode, SecondFactor, User
from common import crypto

RECOVERY_CODES = 10
# Without letters and digits that look alike; 10 of them are 50 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_TRIES = 5
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=4)


class CodeRefused(Exception):
    """The code proves nothing; the text says why and what to do."""


def invite(*, user: User) -> str:
    """A new code with which the officer may set the first authenticator up, once; the one before ends."""
    code = _new_code()
    factor, _new = SecondFactor.objects.get_or_create(user=user)
    factor.invitation = code
    factor.save(update_fields=["invitation"])
    return _shown(code)


def begin(*, user: User) -> str:
    """Give the officer a new secret to enter into an authenticator; the old one, if any, holds until it is proved.

    Raises CodeRefused for a first one without an invitation: better before the telephone is out than after.
    """
    secret = totp.new_secret()
    factor, _new = SecondFactor.objects.get_or_create(user=user)
    _refuse_uninvited(factor)
    factor.pending = secret
    factor.save(update_fields=["pending"])
    return secret


def enrol(*, user: User, password: str, code: str, at: datetime, invitation: str = "") -> list[str]:
    """Make the pending authenticator the officer's, proved by its code and by the officer's password; the first one
    also by the invitation that was handed over, so that whoever has learnt a password cannot enrol in her place.

    Returns new recovery codes, shown this once; the old ones end. Raises CodeRefused.
    """
    refused = None
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None or factor.pending is None:
            raise CodeRefused(_("Begin anew: no authenticator waits to be proved."))
        _refuse_uninvited(factor)
        _refuse_while_waiting(factor, at)
        step = totp.matching_step(factor.pending, _digits(code), at=at, after=0)
        invited = factor.secret is not None or _is_invitation(factor, invitation)
        if step is None or not invited or not user.check_password(password):
            _count_failure(factor, at)
            refused = _("The password or a code is not right. Take the code that the app shows now.")
        else:
            factor.secret, factor.pending, factor.since = factor.pending, None, at
            factor.invitation = None
            factor.last_step, factor.failures = step, 0
            factor.save()
            return _new_recovery_codes(user)
    raise CodeRefused(refused)


def verify(*, user: User, code: str, at: datetime) -> None:
    """Prove the officer by the authenticator's code of now, or by a recovery code, each of which counts once.

    Raises CodeRefused: wrong, used before, too many tries, or nothing enrolled. A wrong code is counted even so.
    """
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().filter(user=user).first()
        if factor is None or factor.secret is None:
            raise CodeRefused(_("No authenticator is enrolled for your account yet."))
        _refuse_while_waiting(factor, at)
        step = totp.matching_step(factor.secret, _digits(code), at=at, after=factor.last_step)
        if step is not None or _use_recovery_code(user, code, at):
            factor.last_step, factor.failures = step or factor.last_step, 0
            factor.save(update_fields=["last_step", "failures"])
            return
        _count_failure(factor, at)
    raise CodeRefused(
        _("This code is not right, or was used before. Wait for the next one that the app shows.")
    )


def renew_recovery_codes(*, user: User) -> list[str]:
    """New recovery codes, shown this once; the old ones end."""
    with transaction.atomic():
        SecondFactor.objects.select_for_update().get(user=user)
        return _new_recovery_codes(user)


def forget(*, user: User) -> None:
    """Take the authenticator and its recovery codes away: it was lost, or its officer has left."""
    RecoveryCode.objects.filter(user=user).delete()
    SecondFactor.objects.filter(user=user).update(
        secret=None, pending=None, invitation=None, since=None, failures=0
    )


def _new_recovery_codes(user: User) -> list[str]:
    codes = [_new_code() for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_index=code) for code in codes)
    return [_shown(code) for code in codes]


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _letter in range(10))


def _shown(code: str) -> str:
    return f"{code[:5]}-{code[5:]}"


def _plain(code: str) -> str:
    """A code as it was typed, without what people add to it."""
    return "".join(letter for letter in code.lower() if letter in _LETTERS)


def _is_invitation(factor: SecondFactor, code: str) -> bool:
    return factor.invitation is not None and secrets.compare_digest(_plain(code), factor.invitation)


def _use_recovery_code(user: User, code: str, at: datetime) -> bool:
    index = crypto.blind_index(_plain(code), domain="recovery_code")
    return bool(RecoveryCode.objects.filter(user=user, code_index=index, used_at=None).update(used_at=at))


def _digits(code: str) -> str:
    return "".join(code.split())


def _refuse_uninvited(factor: SecondFactor) -> None:
    if factor.secret is None and factor.invitation is None:
        raise CodeRefused(_("You have no set-up code. Two administrators give you one with a new password."))


def _refuse_while_waiting(factor: SecondFactor, at: datetime) -> None:
    """After each five wrong codes the wait doubles: only who is signed in as the officer can try, and so delay."""
    rounds = factor.failures // _TRIES
    if not rounds or factor.failures % _TRIES or factor.failed_at is None:
        return
    wait = min(_FIRST_WAIT * 2 ** min(rounds - 1, 10), _LONGEST_WAIT)
    left = factor.failed_at + wait - at
    if left > timedelta():
        minutes = -(-int(left.total_seconds()) // 60)
        raise CodeRefused(_("Too many wrong codes. Try again in %(n)s minutes.") % {"n": minutes})


def _count_failure(factor: SecondFactor, at: datetime) -> None:
    factor.failures, factor.failed_at = factor.failures + 1, at
    factor.save(update_fields=["failures", "failed_at"])
