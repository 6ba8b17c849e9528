"""The engine's codes in the words of its pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments.transitions import BatchState

CHANGES: dict[str, Promise] = {
    "new": _("New"),
    "moved_in": _("Moved here"),
    "channel_in": _("Now paid this way"),
    "stopped": _("Stopped"),
    "moved_out": _("Moved away"),
    "channel_out": _("Now paid another way"),
    "raised": _("Monthly amount raised"),
    "lowered": _("Monthly amount lowered"),
    "arrears": _("Arrears paid now"),
    "carried": _("Carried from an earlier payment"),
    "one_off": _("One-off payment"),
    "recovery": _("Recovery"),
    "past": _("Last month's arrears, carried and one-off payments"),
}
REASONS: dict[str, Promise] = {
    "granted": _("new decision"),
    "right_ended": _("the account is of somebody who may no longer collect"),
    "resumed": _("resumed after a suspension"),
    "supplementary": _("paid in the supplementary round before"),
    "first": _("not in a list of this provider before"),
    "other": _("another cause: see the person's page"),
    "died": _("died"),
    "moved_away": _("moved out of the province"),
    "ineligible": _("no longer eligible"),
    "waived": _("gave it up"),
    "imprisoned": _("serves a prison sentence"),
    "missing": _("declared missing"),
    "refused": _("refused the re-assessment of disability"),
    "replaced": _("replaced by another benefit"),
    "suspended": _("suspended"),
    "months": _("the cycle pays another number of months"),
    "decision": _("benefit added or ended"),
    "law": _("change of law"),
    "facts": _("age, injury rate or children"),
    "arrears": _("entitled from an earlier month"),
    "carried": _("an earlier payment did not arrive"),
    "one_off": _("by decision"),
    "recovery": _("by recovery decision"),
    "past": _("not paid again this month"),
}
CHECKS: dict[str, Promise] = {
    "holder": _("account in another name"),
    "shared": _("one account for several people"),
    "left": _("account no longer paid to"),
    "long_arrears": _("arrears of more than three months"),
    "waiting": _("facts changed since the list was made"),
}
# Whose turn it is, and what is left to do with a batch in this state.
TURNS: dict[str, Promise] = {
    BatchState.DRAFT: _("to be submitted"),
    BatchState.SUBMITTED: _("to be approved"),
    BatchState.APPROVED: _("waiting for the Treasury voucher"),
    BatchState.FUNDED: _("to be released"),
    BatchState.RELEASED: _("waiting for the provider to confirm"),
    BatchState.ACKNOWLEDGED: _("waiting for results and settlement"),
}
