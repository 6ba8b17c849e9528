"""Words of the pay desk that are chosen by code."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from postal.merge import Conflict

CONFLICTS: dict[str, Promise] = {
    Conflict.TWICE: _("marked as paid twice"),
    Conflict.CONTRADICTS: _("one mark says paid, a later one not collected"),
    Conflict.LATE: _("marked after the day was sealed"),
    Conflict.STOPPED: _("marked as paid although the payment was stopped"),
}
ALERTS: dict[str, Promise] = {
    "collector": _("collects for many people"),
    "fast": _("marks that came too fast"),
    "dead": _("reported dead, yet collected as if living"),
    "scan": _("signatures on the scan differ from the marks"),
    "minutes": _("the supervisor's count differs from the marks"),
    "denied": _("says on the telephone that the money did not come"),
}
_LAPSED = _(
    "Ask the person who shall collect from now on and record a new authorisation; until then only the person collects "
    "(Civil Code, Art. 563: an authorisation without a term lapses after a year)."
)
# What the commune is asked to do about one person.
NOTICES: dict[tuple[str, str], Promise] = {
    ("died", "BTXH"): _(
        "Check the death and record it; the month of death is paid to who is entitled, on documents."
    ),
    ("died", "NCC"): _(
        "Check the death and record it; the month of death is paid to who is entitled, on documents."
    ),
    ("moved", "BTXH"): _("Find out where the person lives now and change the residence."),
    ("moved", "NCC"): _("Find out where the person lives now and change the residence."),
    ("uncollected", "BTXH"): _(
        "Visit the person; unless there is a good cause, propose a suspension "
        "(Circular 02/2021/TT-BLĐTBXH, Art. 2(3)(a))."
    ),
    ("uncollected", "NCC"): _(
        "Visit the person. No rule suspends people with revolutionary contributions for this."
    ),
    ("lapsed", "BTXH"): _LAPSED,
    ("lapsed", "NCC"): _LAPSED,
}
