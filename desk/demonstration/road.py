"""The road to cashless in the demonstration: the year's talks and account-opening days, and one day under way."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zlib import crc32

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role, RoleName
from areas.models import Unit
from beneficiaries.models import Campaign, Obstacle, Outreach, OutreachPlan, Person, Way
from beneficiaries.operations import campaigns, outreach
from beneficiaries.operations.campaigns import Opened
from beneficiaries.operations.outreach import Answered, Told
from common import sql
from common.text import fold

COMMUNE, AGRIBANK = "22918", "970405"
INVITED, AGREED, OPENED = 12, 10, 6


@transaction.atomic
def show_road(*, year: int, on: date) -> dict[str, int]:
    """Talks and account-opening days of a year, set-based, then one meeting and one day of Phường Hàm Tiến as of a day,
    by the operations; how many of each stand. Nobody's payment changes: what is under way waits for approval."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    with connection.cursor() as cursor:
        sql.run(cursor, "desk", "demo_outreach", {"first_day": first, "last_day": last})
        months = {"first_month": first, "last_month": last.replace(day=1), "provider": AGRIBANK}
        sql.run(cursor, "desk", "demo_campaigns", months)
        sql.run(cursor, "desk", "demo_candidates", {"provider": AGRIBANK})
    if not OutreachPlan.objects.exists():
        _under_way(on)
    return {"talks": Outreach.objects.count(), "days": Campaign.objects.count()}


def _under_way(on: date) -> None:
    """A meeting at which people agreed, and the day on which a bank opened accounts for some of them."""
    home = Unit.objects.on(on).communes().get(code=COMMUNE)
    by = Role.objects.on(on).select_related("user").get(name=RoleName.COMMUNE_OFFICER, unit=home).user
    at = datetime.combine(on, time(9), tzinfo=timezone.get_default_timezone())
    met = on - timedelta(days=6)
    plan = outreach.make_plan(
        commune=home, on=met, way=Way.MEETING, group="elderly", hamlets=[], place="Nhà văn hóa (giả lập)",
        by=by, at=at,
    )  # fmt: skip
    outreach.make_plan(
        commune=home, on=on + timedelta(days=2), way=Way.HOME, group="disabled", hamlets=["Khu phố 1"], place="",
        by=by, at=at,
    )  # fmt: skip
    waiting = Obstacle.objects.filter(
        reason="no_smartphone", resolved_on=None, person__birth_date__lt=date(on.year - 60, 1, 1),
        person__died_on=None, person__residences__commune=home, person__residences__valid_to=None,
        person__national_id_index__isnull=False,
    )  # fmt: skip
    ids = list(waiting.order_by("person").values_list("person", flat=True)[:INVITED])
    told = Told(on=met, way=Way.MEETING, told_by="Trưởng khu phố (giả lập)", plan=plan)
    outreach.note_answers(told=told, answers=[Answered(pk, "agrees") for pk in ids], by=by, at=at)
    day = campaigns.make_campaign(
        commune=home,
        provider=AGRIBANK,
        on=on - timedelta(days=2),
        place="Nhà văn hóa (giả lập)",
        by=by,
        at=at,
    )
    campaigns.invite(campaign_id=day.pk, people=ids)
    listed = list(day.candidates.select_related("person").order_by("number"))
    agreed = [one.pk for one in listed[:AGREED]]
    campaigns.record_consent(campaign_id=day.pk, candidates=agreed, on=met)
    campaigns.send_list(campaign_id=day.pk, by=by, at=at)
    rows = [
        Opened(line, one.reference, f"98{crc32(one.reference.encode()):010d}", _holder(one.person, line))
        for line, one in enumerate(listed[:OPENED], start=5)
    ]
    campaigns.take_opened(campaign_id=day.pk, rows=rows, by=by, at=at)


def _holder(person: Person, line: int) -> str:
    """The name as the bank writes it; once with another given name, for somebody to look into."""
    name = fold(person.name).upper()
    return f"{name} B" if line == 5 else name
