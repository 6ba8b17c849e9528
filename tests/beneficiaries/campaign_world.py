"""An account-opening day for tests: three people of Hàm Tiến on the Post, who prepares and who approves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from beneficiaries.models import Campaign, Candidate, PayoutMethod, Person
from beneficiaries.operations import campaigns
from beneficiaries.operations.campaigns import Opened
from tests import worlds
from tests.worlds import NOON

NAMES = ("Đặng Thị Ước", "Nguyễn Văn Ẩm", "Trần Thị Bưởi")
HOLDERS = ("DANG THI UOC", "NGUYEN VAN AM", "TRAN THI BUOI")
ACCOUNTS = ("970001112221", "970001112222", "970001112223")
FROM = date(2025, 1, 1)


@dataclass
class Day:
    campaign: Campaign
    people: list[Person]
    clerk: User
    approver: User

    def candidate(self, number: int) -> Candidate:
        return Candidate.objects.get(campaign=self.campaign, person=self.people[number])

    def row(self, number: int, **facts: str) -> Opened:
        """What the bank says of one person."""
        known = {"account": ACCOUNTS[number], "holder": HOLDERS[number]} | facts
        reference = known.pop("reference", self.candidate(number).reference)
        return Opened(line=number + 5, reference=reference, **known)

    def read(self, *rows: Opened) -> campaigns.Taken:
        return campaigns.take_opened(campaign_id=self.campaign.pk, rows=rows, by=self.clerk, at=NOON)

    def approve(self, by: User | None = None) -> campaigns.ChangedOver:
        version = Campaign.objects.get(pk=self.campaign.pk).version
        return campaigns.change_over(
            campaign_id=self.campaign.pk, version=version, from_day=FROM, by=by or self.approver, at=NOON
        )


def held() -> Day:
    """A day to which all three have agreed; the reference data is loaded already."""
    clerk, approver = worlds.officer("clerk"), worlds.officer("approver")
    people = [worlds.person(name) for name in NAMES]
    for person in people:
        PayoutMethod.objects.create(
            person=person, channel="post", provider_id="POST", pay_at="point", valid_from=date(2020, 1, 1)
        )
    made = campaigns.make_campaign(
        commune=worlds.commune(), provider=worlds.AGRIBANK, on=date(2024, 12, 10), place="Nhà văn hóa",
        by=clerk, at=NOON,
    )  # fmt: skip
    campaigns.invite(campaign_id=made.pk, people=[person.pk for person in people])
    campaigns.record_consent(
        campaign_id=made.pk, candidates=list(made.candidates.values_list("pk", flat=True)), on=NOON.date()
    )
    return Day(made, people, clerk, approver)
