"""What the operations on change requests refuse, each by its own name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from beneficiaries.models import ChangeRequest
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.transitions import ChangeState


class ChangeRefused(DecisionRefused):
    """A change request cannot go on as asked; nothing was written."""


class Incomplete(ChangeRefused):
    """Something that this kind of request needs is missing or cannot be read; `field` names it."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class MoveRefused(ChangeRefused):
    """A state that this request cannot come to now, or that somebody else brought it to first."""

    def __init__(self, request: ChangeRequest, to: ChangeState) -> None:
        super().__init__(
            _(
                "This request is “%(state)s”; it cannot become “%(to)s” now. Reload the page to see who changed it."
            )
            % {"state": request.get_state_display(), "to": to.label}
        )


class EditedMeanwhile(ChangeRefused):
    """The request is no longer what the officer saw."""

    def __init__(self) -> None:
        super().__init__(
            _("Somebody changed this request since you opened it. Reload the page and look again.")
        )


class RecordChanged(ChangeRefused):
    """What the request replaces is no longer on record."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "What is on record has changed since this was submitted. Return it, so that the commune looks again."
            )
        )


class SameOfficer(ChangeRefused):
    """One officer cannot ask and decide."""

    def __init__(self) -> None:
        super().__init__(
            _("Who entered or submitted a request cannot decide about it. Another officer has to.")
        )


class AlreadyAsked(ChangeRefused):
    """An open request of the same kind for the same person stands."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is an open request of this kind for this person already. Go on with that one, or withdraw it."
            )
        )
