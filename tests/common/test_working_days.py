"""Working days counted by hand on calendars of the years, with the days off that the Government announced."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from common import working_days
from common.working_days import end_of_term, is_working_day, working_days_after

HOLIDAYS = Path(working_days.__file__).parent / "holidays.csv"


@pytest.mark.parametrize(
    ("day", "count", "deadline"),
    [
        # The day of Vietnamese culture, Tuesday 24 November 2026, as it is assumed.
        (date(2026, 11, 23), 8, date(2026, 12, 4)),
        # Tết of 2025 was off from Monday 27 to Friday 31 January.
        (date(2025, 1, 22), 8, date(2025, 2, 10)),
        # Tết of 2026, 16 to 20 February.
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        # Hùng Kings' day of 2026 is a Sunday: Monday is off; then 30 April and 1 May.
        (date(2026, 4, 24), 3, date(2026, 5, 4)),
        # 2 May 2025 was off, and Saturday 26 April worked for it.
        (date(2025, 4, 25), 2, date(2025, 4, 28)),
        (date(2025, 4, 29), 1, date(2025, 5, 5)),
        # 1 and 2 September 2025.
        (date(2025, 8, 29), 1, date(2025, 9, 3)),
        # A year that the table does not know: the solar holidays still count.
        (date(2034, 4, 28), 1, date(2034, 5, 2)),
    ],
)
def test_a_deadline_leaves_out_weekends_and_public_holidays(day, count, deadline):
    assert working_days_after(day, count) == deadline


# Civil Code 2015, Art. 147(2): the first day is not counted; Art. 148(3), (4): the same day of the last month or year,
# or that month's last; Art. 148(5): a weekend or holiday ends with the next working day.
@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2023, 12, 5), 12, date(2024, 12, 5)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 12, 10), 3, date(2025, 3, 10)),
        (date(2025, 11, 30), 3, date(2026, 3, 2)),  # 28 February 2026 is a Saturday
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 10, 1), 3, date(2025, 1, 2)),  # New Year's Day
    ],
)
def test_a_term_of_months_ends_with_the_day_of_the_same_number_or_the_next_working_day(day, months, last):
    assert end_of_term(day, months=months) == last


def test_no_working_day_after_is_the_day_itself():
    assert working_days_after(date(2025, 1, 29), 0) == date(2025, 1, 29)


def test_the_table_names_each_day_once_with_its_basis_and_how_sure_it_is():
    with HOLIDAYS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["day"] for row in rows}) == len(rows)
    assert {row["kind"] for row in rows} == {"off", "work"}
    assert {row["confidence"] for row in rows} == {"verified", "secondary", "assumed"}
    assert all(row["holiday"] and row["basis"] for row in rows)
    # Only a weekend is worked instead, and only then.
    assert all(date.fromisoformat(row["day"]).weekday() == 5 for row in rows if row["kind"] == "work")


@pytest.mark.parametrize("year", [2024, 2025, 2026, 2027])
def test_five_days_of_tet_stand_in_every_year_of_the_table(year):
    tet = [date(year, 1, 20) + timedelta(days=number) for number in range(40)]
    off = [day for day in tet if day.weekday() < 5 and not is_working_day(day)]
    assert len(off) == 5
