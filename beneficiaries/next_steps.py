"""What helps against each obstacle to cashless payment: the next step, in the words that every page uses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from beneficiaries.models import ObstacleReason

# An account on record that the money does not go to: no obstacle of the person's.
UNVERIFIED, FAILED = "unverified", "failed"
ACCOUNT_TROUBLES = {
    UNVERIFIED: _("account on record, not yet confirmed by the bank"),
    FAILED: _("account no longer usable: refused by the bank, or its holder may no longer collect"),
}
NEXT_STEPS: dict[str, object] = {
    "": _("the commune asks and notes the reason"),
    ObstacleReason.NOT_ASKED: _("visit and offer an account"),
    ObstacleReason.AGREES: _("invite to the next account-opening day"),
    ObstacleReason.THINKS: _("ask again on the agreed day"),
    ObstacleReason.NO_SMARTPHONE: _("a card is enough: no telephone needed"),
    ObstacleReason.CHOOSES_CASH: _("respected: cash remains a right, nobody asks again"),
    ObstacleReason.NO_CITIZEN_CARD: _("arrange a card with the police"),
    ObstacleReason.FEARS_ACCOUNT: _("go to the bank together"),
    ObstacleReason.FEARS_RELATIVE: _("an account in the person's own name"),
    ObstacleReason.DISTRUSTS: _("show how a first payment arrives"),
    UNVERIFIED: _("the bank is asked whose account it is; look at the holder's name"),
    FAILED: _("ask for the right account and enter it as a change of payment"),
}
# Whom to go to first: an account is all that is missing, nobody has refused anything yet, or a card is all it takes.
EASE = (
    ObstacleReason.AGREES,
    ObstacleReason.NOT_ASKED,
    "",
    ObstacleReason.NO_SMARTPHONE,
    ObstacleReason.THINKS,
    ObstacleReason.DISTRUSTS,
    ObstacleReason.FEARS_ACCOUNT,
    ObstacleReason.FEARS_RELATIVE,
    ObstacleReason.NO_CITIZEN_CARD,
)
