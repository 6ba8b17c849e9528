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
