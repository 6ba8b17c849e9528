"""Targets are added, never changed; difficulties go up, are answered, assigned and closed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, RoleName, User
from areas.models import Unit
from reports.models import Difficulty, Target
from reports.operations import (
    DifficultyRefused,
    TargetTaken,
    answer_difficulty,
    close_difficulty,
    raise_difficulty,
    refresh_figures,
    set_target,
)
from tests import worlds
from tests.pdf_text import pdf_text
from tests.reports.world import DECEMBER, NOON, elderly

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def officer(role: str, unit: Unit) -> tuple[User, Client]:
    user = worlds.officer(f"{role}-{unit.pk}")
    Role.objects.create(user=user, name=role, unit=unit, valid_from=date(2024, 1, 1))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user, client


def province() -> Unit:
    return Unit.objects.provinces().get(code="60")


def test_an_administrator_adds_a_target_and_the_earlier_one_stays():
    _user, admin = officer(RoleName.ADMINISTRATOR, province())
    before = Target.objects.count()
    sent = {"percent": "60", "on_date": "2025-06-30", "scheme": "BTXH", "source": "Kế hoạch 12"}
    assert admin.post("/coverage/targets/", sent).status_code == 302
    made = Target.objects.get(scheme="BTXH")
    assert (made.rate, made.on_date, made.unit) == (Decimal("0.6"), date(2025, 6, 30), None)
    assert Target.objects.count() == before + 1
    page = admin.post("/coverage/targets/", sent)
    assert "already set today" in page.content.decode()
    with pytest.raises(TargetTaken):
        set_target(on_date=made.on_date, rate=made.rate, set_on=made.set_on, scheme="BTXH")


def test_a_viewer_reads_targets_and_sets_none():
    _user, viewer = officer(RoleName.VIEWER, province())
    page = viewer.get("/coverage/targets/")
    assert page.context["form"] is None
    assert "31/12/2025" in page.content.decode()
    assert viewer.post("/coverage/targets/", {"percent": "1", "on_date": "2025-06-30"}).status_code == 403


def test_a_difficulty_goes_from_the_commune_to_the_province_and_back():
    commune = worlds.commune()
    _raiser, civil_servant = officer(RoleName.COMMUNE_OFFICER, commune)
    admin, office = officer(RoleName.ADMINISTRATOR, province())
    _other, elsewhere = officer(RoleName.PREPARER, Unit.objects.get(level="district", code="594"))
    sent = {"unit": commune.pk, "kind": "no_branch", "people": 40, "text": "Cách chi nhánh 30 km"}
    before_reform = civil_servant.get("/coverage/difficulties/").context["form"]
    assert list(before_reform.fields["unit"].queryset) == [commune]
    assert civil_servant.post("/coverage/difficulties/", sent).status_code == 302
    found = Difficulty.objects.get()
    summary = office.get("/coverage/difficulties/").context["kinds"]
    assert [(kind.people, kind.count) for kind in summary] == [(40, 1)]
    address = f"/coverage/difficulties/{found.pk}/"
    assert elsewhere.get(address).status_code == 404
    assert list(elsewhere.get("/coverage/difficulties/").context["open"]) == []
    answer = {"action": "answer", "answer": "Ngân hàng đến xã mỗi tháng", "assigned_to": "Agribank"}
    assert civil_servant.post(address, answer).status_code == 403
    assert office.post(address, answer).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.assigned_to, found.answered_by) == ("answered", "Agribank", admin)
    assert "Ngân hàng đến xã" in civil_servant.get(address).content.decode()
    assert civil_servant.post(address, {"action": "close"}).status_code == 302
    found.refresh_from_db()
    assert found.state == "closed"
    assert office.get("/coverage/difficulties/").context["kinds"] == []


def test_a_closed_difficulty_stays_closed_and_the_one_that_holds_back_most_is_first():
    by = worlds.officer("xa")
    facts = {"unit": worlds.commune(), "by": by, "at": NOON}
    few = raise_difficulty(kind="fees", people=3, text="Phí", **facts)
    many = raise_difficulty(kind="no_cards", people=90, text="Chưa có căn cước", **facts)
    assert list(Difficulty.objects.all()) == [many, few]
    close_difficulty(difficulty_id=few.pk, by=by, at=NOON)
    with pytest.raises(DifficultyRefused):
        answer_difficulty(difficulty_id=few.pk, answer="Muộn", assigned_to="", by=by, at=NOON)


def test_a_month_s_report_takes_up_what_stood_at_its_end_and_what_is_proposed():
    by = worlds.officer("xa")
    elderly(bank=True)
    elderly("Trần Thị Hai")
    worlds.run_round(DECEMBER)
    refresh_figures(at=NOON)
    commune, elsewhere = worlds.commune(), Unit.objects.get(level="district", code="594")

    def raised(on: tuple[int, int], people: int, **facts: object) -> Difficulty:
        at = datetime(2024, *on, 9, tzinfo=timezone.get_default_timezone())
        given = {"unit": commune, "kind": "fees", "text": "Phí", "proposal": ""} | facts
        return raise_difficulty(people=people, by=by, at=at, **given)

    raised((11, 3), 1_200, proposal="Miễn phí tài khoản nhận trợ cấp.")
    answered = raised((12, 31), 40, kind="no_branch")
    january = datetime(2025, 1, 2, 9, tzinfo=timezone.get_default_timezone())
    close_difficulty(difficulty_id=answered.pk, by=by, at=january)
    closed = raised((11, 5), 7_000)
    close_difficulty(difficulty_id=closed.pk, by=by, at=NOON)
    Difficulty.objects.filter(pk=raised((12, 1), 9_000).pk).update(raised_at=january)
    raised((12, 2), 500, unit=elsewhere, kind="health")

    def report(role: str, unit: Unit, language: str) -> str:
        _user, client = officer(role, unit)
        headers = {"accept-language": language}
        return pdf_text(client.get("/coverage/report.pdf?month=2024-12", headers=headers).content)

    whole = report(RoleName.VIEWER, province(), "vi")
    assert "cuối tháng: 3, trong đó 0 đã được trả lời; làm vướng khoảng 1.740 người" in whole
    assert "phí tài khoản: 1.200; " in whole
    assert f"Đề xuất: {commune.name}: Miễn phí tài khoản nhận trợ cấp." in whole
    own = report(RoleName.PREPARER, Unit.objects.get(level="district", code="593"), "en")
    assert "end of the month: 2, of which 0 answered; they hold about 1,240 people back" in own
    _user, other = officer(RoleName.PREPARER, elsewhere)
    Difficulty.objects.filter(unit=elsewhere).delete()
    assert "Difficulties" not in pdf_text(other.get("/coverage/report.pdf?month=2024-12").content)


def test_a_post_clerk_sees_neither_page():
    _user, clerk = officer(RoleName.POST_CLERK, province())
    assert clerk.get("/coverage/targets/").status_code == 403
    assert clerk.get("/coverage/difficulties/").status_code == 403
