"""One row of a roll, checked and in the system's own terms: what `apply_roll` takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(slots=True)
class RollChild:
    name: str
    birth_date: date
    birth_precision: str = "day"


@dataclass(slots=True)
class RollRow:
    """One entitlement of one person. Rows of the same person (same `national_id`; without one the same name, birth
    date and commune) describe the person alike.

    `commune_id` is a unit valid on `residence_from`. A bank account with `payout_from` later than `residence_from`
    means the Post before that day. Months are first days; an unverified account is routed to the Post.
    """

    sheet: str
    number: int
    name: str
    birth_date: date
    birth_precision: str
    sex: str
    commune_id: int
    category: str
    from_month: date
    settled_before: date
    residence_from: date
    national_id: str = ""
    hamlet: str = ""
    phone: str = ""
    died_on: date | None = None
    last_month: date | None = None
    end_reason: str = ""
    injury_rate: int | None = None
    seniority_years: int | None = None
    heads: int | None = None
    children: list[RollChild] = field(default_factory=list)
    disability_certificate: str = ""
    certificate_until: date | None = None
    decision_number: str = ""
    decision_date: date | None = None
    channel: str = "post"
    provider: str = "POST"
    account: str = ""
    holder: str = ""
    verified_on: date | None = None
    pay_at: str = "point"
    payout_from: date | None = None
    payee_name: str = ""
    payee_national_id: str = ""
    obstacle: str = ""
    notes: str = ""
