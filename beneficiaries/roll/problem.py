"""What is wrong with one row of a roll, or worth a second look."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Where and what: `row` counts as the spreadsheet does, from 1 (0 for the whole sheet or file).

    `code` is stable for scripts; `message` is in the language of the reader and says what to do.
    """

    sheet: str
    row: int
    column: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)
