"""What the bank channel refuses, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _


class BanksError(Exception):
    """A refusal of the bank channel; nothing was written."""


class ListDiffers(BanksError):
    """An acknowledgement whose count, sum or hash is not that of the released list; `parts` names which."""

    def __init__(self, *, parts: list[str]) -> None:
        self.parts = parts
        super().__init__(
            _("The acknowledgement differs from the released list in: %(parts)s. Fetch the list again.")
            % {"parts": ", ".join(parts)}
        )


class AnswerStands(BanksError):
    def __init__(self) -> None:
        super().__init__(_("This was answered before, in another way."))


class UnreadableFile(BanksError):
    """A file or message that is not what it says it is; `where` is the place in it."""

    def __init__(self, problem: str, where: str = "") -> None:
        self.where = where
        super().__init__(problem)
