"""An account-opening day on its pages: from the worklist to the approval by another officer, with what leaves the house
recorded."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from audit.models import Entry, EntryKind
from beneficiaries.models import Campaign, Payee, PayoutMethod
from common.text import fold
from tests import worlds
from tests.desk_world import World
from tests.page_policy import page_faults

pytestmark = pytest.mark.django_db


def invite(client: Client, world: World, count: int) -> Campaign:
    fields = {
        "person": [one.pk for one in world.people[2 : 2 + count]], "provider": worlds.AGRIBANK,
        "on": "10/12/2024", "place": "Nhà văn hóa",
    }  # fmt: skip
    assert client.post(reverse("campaign_invite"), fields).status_code == 302
    return Campaign.objects.get()


def act(client: Client, campaign: Campaign, action: str, **fields: object) -> None:
    answer = client.post(reverse("campaign_act", args=[campaign.pk]), {"action": action, **fields})
    assert answer.status_code == 302


def sent(client: Client, campaign: Campaign) -> list[list[object]]:
    """The rows of the file for the bank, below its header."""
    answer = client.post(reverse("campaign_export", args=[campaign.pk]))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    rows = sheet.to_python()
    header = next(at for at, row in enumerate(rows) if "Mã tham chiếu" in row)
    return rows[header:]


def filled_in(rows: list[list[object]], holders: list[str]) -> SimpleUploadedFile:
    """The bank's answer, as text cells."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet()
        for column, name in enumerate(rows[0]):
            sheet.write_string(0, column, str(name))
        for line, (row, holder) in enumerate(zip(rows[1:], holders, strict=True), start=1):
            for column, value in enumerate([*row[:4], f"97000111222{line}", holder]):
                sheet.write_string(line, column, str(value))
    return SimpleUploadedFile("ket-qua.xlsx", target.getvalue())


def test_a_day_goes_from_the_worklist_to_the_account(world):
    clerk, approver = world.client("commune_officer"), world.client("approver")
    campaign = invite(clerk, world, 3)
    candidates = list(campaign.candidates.order_by("number"))
    act(clerk, campaign, "consent", candidate=[one.pk for one in candidates[:2]])
    rows = sent(clerk, campaign)
    # Who agreed, with what the bank needs to open an account, and nothing of what they receive.
    assert [row[1] for row in rows[1:]] == [world.people[2].name, world.people[3].name]
    assert [row[3] for row in rows[1:]] == [world.people[2].national_id, world.people[3].national_id]
    assert len(rows[0]) == 6
    looks = Entry.objects.filter(kind=EntryKind.LOOK)
    assert set(looks.values_list("person_id", flat=True)) == {world.people[2].pk, world.people[3].pk}
    file = filled_in(rows, [fold(world.people[2].name).upper(), "NGUOI KHAC"])
    clerk.post(reverse("campaign_opened", args=[campaign.pk]), {"file": file})
    page = approver.get(reverse("campaign", args=[campaign.pk]))
    assert page.context["may_approve"]
    assert page_faults(page.content.decode()) == []
    assert approver.get(reverse("home")).context["campaigns"] == 1
    act(approver, campaign, "approve", version=page.context["campaign"].version)
    now = PayoutMethod.objects.get(person=world.people[2])
    assert (now.channel, now.account) == ("bank", "970001112221")
    assert not PayoutMethod.objects.filter(person=world.people[3]).exists()


def test_who_prepared_sees_no_button_to_approve_and_cannot_use_it(world):
    clerk = world.client("commune_officer")
    campaign = invite(clerk, world, 1)
    act(clerk, campaign, "consent", candidate=[campaign.candidates.get().pk])
    file = filled_in(sent(clerk, campaign), [fold(world.people[2].name).upper()])
    clerk.post(reverse("campaign_opened", args=[campaign.pk]), {"file": file})
    assert not clerk.get(reverse("campaign", args=[campaign.pk])).context["may_approve"]
    answer = clerk.post(reverse("campaign_act", args=[campaign.pk]), {"action": "approve", "version": 2})
    assert answer.status_code == 403
    assert campaign.candidates.get().state == "opened"


def test_who_is_taken_off_the_list_has_the_reason_beside_the_name(world):
    clerk = world.client("commune_officer")
    campaign = invite(clerk, world, 1)
    here, one = reverse("campaign", args=[campaign.pk]), campaign.candidates.get()
    act(clerk, campaign, "take_off", candidate=[one.pk], why=" ")
    assert "Hãy nhập lý do" in clerk.get(here).content.decode()
    assert campaign.candidates.get().state == "invited"
    act(clerk, campaign, "take_off", candidate=[one.pk], why="đã có tài khoản")
    text = clerk.get(here).content.decode()
    assert f"{one.person.name} · đã có tài khoản" in text
    assert campaign.candidates.get().state == "left"


def test_a_version_that_is_no_number_approves_nothing_and_says_so(world):
    campaign = invite(world.client("commune_officer"), world, 1)
    approver = world.client("approver")
    for version in ("9" * 5_000, "-1", ""):
        act(approver, campaign, "approve", version=version)
        assert approver.get(reverse("campaign", args=[campaign.pk])).context["messages"]


def test_the_file_for_the_bank_takes_the_authenticator_s_code(world):
    campaign = invite(world.client("commune_officer"), world, 1)
    act(world.client("commune_officer"), campaign, "consent", candidate=[campaign.candidates.get().pk])
    client = world.client("commune_officer", proved=False)
    answer = client.post(reverse("campaign_export", args=[campaign.pk]))
    assert "accounts/step_up.html" in {template.name for template in answer.templates}
    assert not Entry.objects.filter(kind=EntryKind.LOOK).exists()


def test_a_file_that_cannot_be_taken_is_refused_on_the_page_with_its_rows(world):
    clerk = world.client("commune_officer")
    campaign = invite(clerk, world, 1)
    file = SimpleUploadedFile(
        "a.csv", "Mã tham chiếu;Số tài khoản;Chủ tài khoản\nTK0-009;123456;A\n".encode()
    )
    answer = clerk.post(reverse("campaign_opened", args=[campaign.pk]), {"file": file})
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 1
    picture = SimpleUploadedFile("a.xlsx", b"\x89PNG\r\n\0\0")
    assert clerk.post(reverse("campaign_opened", args=[campaign.pk]), {"file": picture}).status_code == 422
    assert campaign.candidates.get().state == "invited"


def test_people_of_two_communes_are_not_invited_to_one_day(world):
    away = worlds.person("Người Nơi Khác", lives=worlds.commune("22915"))
    fields = {
        "person": [world.people[2].pk, away.pk],
        "provider": worlds.AGRIBANK,
        "on": "1/1/2025",
        "place": "A",
    }
    assert world.client("preparer").post(reverse("campaign_invite"), fields).status_code == 404


def test_the_list_to_sign_is_a_paper(world):
    clerk = world.client("commune_officer")
    campaign = invite(clerk, world, 2)
    paper = clerk.get(reverse("campaign_paper", args=[campaign.pk]))
    assert paper.content.startswith(b"%PDF")


def test_an_account_in_another_name_is_accepted_only_where_its_holder_may_collect(world):
    clerk, approver = world.client("commune_officer"), world.client("approver")
    campaign = invite(clerk, world, 1)
    act(clerk, campaign, "consent", candidate=[campaign.candidates.get().pk])
    clerk.post(
        reverse("campaign_opened", args=[campaign.pk]),
        {"file": filled_in(sent(clerk, campaign), ["LE THI CHAU"])},
    )
    here, person = reverse("campaign", args=[campaign.pk]), world.people[2]
    asked = clerk.get(here).content.decode()
    assert reverse("change_new", args=[person.pk, "change"]) in asked
    assert reverse("change_new", args=[person.pk, "payee"]) in asked
    one = campaign.candidates.get()
    act(approver, campaign, "accept", candidate=one.pk, reason="người giám hộ")
    one.refresh_from_db()
    assert one.state == "differs"
    Payee.objects.create(
        person=person,
        role="authorised",
        name="Lê Thị Cháu",
        document="GUQ 1",
        valid_from=timezone.localdate(),
    )
    page = approver.get(here).content.decode()
    assert page_faults(page) == []
    assert 'value="accept"' in page
    assert 'value="accept"' not in clerk.get(here).content.decode()
    denied = clerk.post(
        reverse("campaign_act", args=[campaign.pk]), {"action": "accept", "candidate": one.pk}
    )
    assert denied.status_code == 403
    act(approver, campaign, "accept", candidate=one.pk, reason="người được ủy quyền")
    act(approver, campaign, "approve", version=Campaign.objects.get().version)
    assert PayoutMethod.objects.get(person=person).holder == "LE THI CHAU"
    assert "người được ủy quyền" in clerk.get(here).content.decode()
