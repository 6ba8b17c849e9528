"""Gift lists: made by decision, approved by a second officer, withdrawn where wrong; nothing of them is edited."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from benefits.models import Category, Scheme
from reports.models import GiftAmount, GiftList


class GiftRefused(Exception):
    """A step that the gift list's state, its amounts, or who made it, do not allow."""


@transaction.atomic
def make_gift_list(
    *,
    occasion: str,
    on_date: date,
    decision_number: str,
    decision_date: date,
    amounts: Mapping[str, int],
    by: User,
    at: datetime,
) -> GiftList:
    """A decision's presents in đồng by category code, for those entitled on `on_date`. `amounts` is not empty.

    Raises GiftRefused where an amount would tell who has HIV: each commune's list shows it beside the name (rule H01).
    """
    if not amounts:
        raise ValueError("a gift list gives something")
    _keep_secret(amounts)
    made = GiftList.objects.create(
        occasion=occasion,
        on_date=on_date,
        decision_number=decision_number,
        decision_date=decision_date,
        made_by=by,
        made_at=at,
    )
    GiftAmount.objects.bulk_create(
        GiftAmount(gift=made, category_id=code, amount=amount) for code, amount in sorted(amounts.items())
    )
    return made


def _keep_secret(amounts: Mapping[str, int]) -> None:
    social = list(Category.objects.filter(pk__in=amounts, scheme=Scheme.BTXH))
    ordinary = {amounts[one.pk] for one in social if not one.sensitive}
    if any(one.sensitive and amounts[one.pk] not in ordinary for one in social):
        raise GiftRefused(
            _(
                "An amount that only the benefits of people with HIV have would tell who they are: "
                "give them what another category of social protection is given."
            )
        )


def approve_gift_list(*, gift_id: int, by: User, at: datetime) -> None:
    """A second officer has held the amounts against the decision: the communes may print their part.

    Raises GiftRefused for the one who made it, where it was approved or withdrawn before, and where an amount would
    tell who has HIV, as in a list older than that rule.
    """
    _keep_secret(dict(GiftAmount.objects.filter(gift=gift_id).values_list("category_id", "amount")))
    waiting = GiftList.objects.filter(pk=gift_id, approved_at=None, withdrawn_at=None)
    if waiting.filter(made_by=by).exists():
        raise GiftRefused(
            _("The one who made the gift list cannot approve it. Another administrator has to.")
        )
    if not waiting.exclude(made_by=by).update(approved_by=by, approved_at=at):
        raise GiftRefused(_("This gift list waits for no approval any more."))


def withdraw_gift_list(*, gift_id: int, by: User, at: datetime) -> bool:
    """Withdraw a list made wrongly; False where it was withdrawn before."""
    standing = GiftList.objects.filter(pk=gift_id, withdrawn_at=None)
    return bool(standing.update(withdrawn_by=by, withdrawn_at=at))
