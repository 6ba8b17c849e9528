"""What the engine refuses, in words that say what to do. Interfaces show `str(error)`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from common.months import show_month


class PaymentsError(Exception):
    """A refusal of the engine; nothing was written."""


class RoundInProgress(PaymentsError):
    def __init__(self, *, month: date, number: int) -> None:
        super().__init__(
            _("Round %(number)s of %(month)s is still being made. Wait until it is done, then try again.")
            % {"number": number, "month": show_month(month)}
        )


class CycleClosed(PaymentsError):
    def __init__(self, *, month: date) -> None:
        super().__init__(
            _("The cycle of %(month)s is closed; nothing was changed.") % {"month": show_month(month)}
        )


class MonthTaken(PaymentsError):
    def __init__(self, *, month: date, cycle: date) -> None:
        super().__init__(
            _("%(month)s is already paid within the cycle of %(cycle)s.")
            % {"month": show_month(month), "cycle": show_month(cycle)}
        )


class RateMissing(PaymentsError):
    """A category that somebody is entitled to has no rate in force for a month (design: it is never zero)."""

    def __init__(self, *, missing: Sequence[tuple[str, date]]) -> None:
        self.missing = list(missing)
        named = ", ".join(f"{code} ({show_month(month)})" for code, month in self.missing[:20])
        super().__init__(
            _(
                "No rate is in force for: %(named)s. Nothing was paid. Load the decree's rates for these months on "
                "the page “Rates”, or end or convert these entitlements, then make the list again."
            )
            % {"named": named}
        )


class PersonIncomplete(PaymentsError):
    """People who are owed money but cannot be paid as their records stand."""

    def __init__(self, *, problem: str, people: Sequence[int]) -> None:
        self.people = list(people)
        super().__init__(
            _("%(problem)s Nothing was paid in this part. Person numbers: %(people)s.")
            % {"problem": problem, "people": ", ".join(map(str, self.people[:20]))}
        )


class SliceStopped(PersonIncomplete):
    """A slice that cannot be made while these people's records stand as they do.

    `categories` are (person, the category of theirs that is the cause), empty where none is.
    """

    def __init__(
        self, *, reason: str, problem: str, people: Sequence[int], categories: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__(problem=problem, people=people)
        self.reason = reason
        self.categories = list(categories)


class MoveRefused(PaymentsError):
    """A change of state that the transition table does not list, or that somebody else made first."""


class SamePerson(PaymentsError):
    def __init__(self) -> None:
        super().__init__(_("The one who prepared a list cannot approve it. Another officer has to."))
