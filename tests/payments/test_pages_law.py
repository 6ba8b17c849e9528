"""The pages on which the law is changed without a release, in Vietnamese, by two officers."""

import io
import json
import re
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from accounts.access import reader_for
from benefits.models import Base, Proposal, ProposalState, Rate
from payments.models import Line
from payments.queries.preview import people_who_change
from tests import worlds
from tests.desk_world import DECEMBER

pytestmark = pytest.mark.django_db

DECREE = "Nghị định 99/2024/NĐ-CP"
ONE_BASE = {
    "source": DECREE,
    "code": "BTXH_STANDARD",
    "amount": "600.000",
    "applies_from": "2024-11",
    "in_force_from": "2024-12-10",
    "confidence": "secondary",
}


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\u00a0", " "))


def propose(world, who="administrator", **fields):
    return world.client(who).post(reverse("law_propose"), ONE_BASE | fields, follow=True)


def watch(world, proposal, who="administrator"):
    """Ask for the progress until the page is told to load itself anew."""
    for _second in range(30):
        answer = world.client(who).get(reverse("law_progress", args=[proposal.pk]))
        if answer.status_code == 204:
            assert answer["HX-Refresh"] == "true"
            return
    raise AssertionError("the preview never came to its end")


def act(world, who, proposal, action):
    return world.client(who).post(reverse("law_act", args=[proposal.pk]), {"action": action}, follow=True)


def test_a_base_is_proposed_previewed_confirmed_by_another_and_paid(world):
    worlds.run_round(date(2024, 11, 1))
    worlds.run_round(DECEMBER)
    assert propose(world).status_code == 200
    proposal = Proposal.objects.get()
    watch(world, proposal)
    shown = text_of(world.client("second").get(reverse("law_proposal", args=[proposal.pk])))
    # Six people of 80 and over: 100,000 more each a month, for November and December in arrears.
    assert "+600.000 ₫" in shown
    assert "+1.200.000 ₫" in shown
    assert "Thành phố Phan Thiết" in shown
    assert "nguồn thứ cấp" in shown.lower()
    own = text_of(act(world, "administrator", proposal, "confirm"))
    assert "không được tự xác nhận" in own
    assert not Base.objects.filter(legal_source=DECREE).exists()
    act(world, "second", proposal, "confirm")
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == (ProposalState.CONFIRMED, world.officers["second"])
    worlds.run_round(date(2025, 1, 1))
    paid = Line.objects.filter(payment__person=world.people[0]).values_list("for_month", "kind", "amount")
    assert (DECEMBER, "arrears", 100_000) in paid
    assert (date(2025, 1, 1), "regular", 600_000) in paid


def test_the_table_of_rates_can_be_downloaded_edited_and_loaded(world):
    file = world.client("administrator").get(reverse("law_table"), {"month": "2024-12"})
    book = openpyxl.load_workbook(io.BytesIO(file.content))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    amount, source = heads.index("Số tiền (đồng)") + 1, heads.index("Văn bản") + 1
    month, force = heads.index("Áp dụng từ tháng") + 1, heads.index("Có hiệu lực từ ngày") + 1
    (line,) = [row[0].row for row in sheet.iter_rows(min_row=2) if row[0].value == "TB_45"]
    sheet.cell(line, amount).value = 4_345_000
    sheet.cell(line, month).value = "01/2025"
    sheet.cell(line, force).value = "15/12/2024"
    sheet.cell(line, source).value = DECREE
    edited = io.BytesIO()
    book.save(edited)
    upload = SimpleUploadedFile("muc.xlsx", edited.getvalue())
    world.client("administrator").post(reverse("law_propose"), {"source": DECREE, "confidence": "verified",
                                                                "file": upload})  # fmt: skip
    (row,) = Proposal.objects.get().rows
    assert (row["band_code"], row["amount"], row["applies_from"], row["in_force_from"]) == (
        "TB_45",
        4_345_000,
        "2025-01-01",
        "2024-12-15",
    )


def test_a_file_with_mistakes_names_every_bad_row_and_keeps_nothing(world):
    lines = "Mã;Hệ số;Số tiền (đồng)\nTB_45;;4.345.000\nKHONG_CO;;1\nBTXH_5.6_N;một;\n"
    upload = SimpleUploadedFile("muc.csv", lines.encode())
    page = world.client("administrator").post(
        reverse("law_propose"), {"source": DECREE, "confidence": "verified", "file": upload}
    )
    assert "Dòng 4" in text_of(page)
    assert not Proposal.objects.exists()
    assert "Nghị định 99" in page.content.decode()


def test_only_those_who_change_the_law_may_propose_and_confirm(world):
    propose(world)
    proposal = Proposal.objects.get()
    watch(world, proposal)
    for who in ("preparer", "approver", "auditor", "commune_officer", "viewer", "accountant"):
        assert world.client(who).get(reverse("law_propose")).status_code == 403
        assert act(world, who, proposal, "confirm").status_code == 403
    for who, status in {"auditor": 200, "approver": 200, "viewer": 403, "post_clerk": 403}.items():
        assert world.client(who).get(reverse("law")).status_code == status
        # Figures of the whole province are not for officers of one district.
        assert world.client(who).get(reverse("law_proposal", args=[proposal.pk])).status_code == 403


def test_who_changes_is_listed_by_commune_within_the_readers_area(world):
    hidden = worlds.person("Ngô Văn Kín", born=date(1980, 1, 1))
    worlds.grant(hidden, "BTXH_5.8", since=DECEMBER)
    propose(world)
    proposal = Proposal.objects.get()
    watch(world, proposal)
    shown = world.client("administrator").get(
        reverse("law_people", args=[proposal.pk]), {"commune": worlds.commune().pk}
    )
    assert "Đặng Thị Ước" in shown.content.decode()
    assert "Ngô Văn Kín" not in shown.content.decode()
    found = {who: names_of(world, proposal, who) for who in ("administrator", "approver", "outsider")}
    assert "Ngô Văn Kín" not in found["administrator"]
    assert "Ngô Văn Kín" in found["approver"]
    assert found["outsider"] == set()


def names_of(world, proposal, who):
    reader = reader_for(world.officers[who], on=DECEMBER)
    rows = people_who_change(proposal=proposal, commune=worlds.commune().pk, reader=reader)
    return {row.name for row in rows}


def test_the_page_marks_what_is_not_verified_and_names_what_is_missing(world):
    hero = worlds.person("Trần Văn Thương", born=date(1950, 1, 1))
    worlds.grant(hero, "TB", since=DECEMBER, injury_rate=45)
    page = world.client("administrator").get(reverse("law"), {"month": "2026-12"})
    shown = text_of(page)
    assert "2 diện hưởng chưa có mức cho tháng này" in shown  # TB, and 5(5)(c) which ended in 2025-06
    assert "Thương binh" in shown
    assert "540.000 ₫" in shown
    assert '<span class="tag bad">' in page.content.decode()  # assumed coefficients from 2026-07


def test_a_list_without_rates_leads_to_the_table_of_rates(world):
    worlds.grant(worlds.person(born=date(1950, 1, 1)), "TB", since=DECEMBER, injury_rate=45)
    page = world.client("preparer").post(reverse("round_open"), {"month": "2026-12"})
    assert f"{reverse('law')}?month=2026-12" in page.content.decode()
    assert "TB (12/2026)" in page.content.decode()


def test_a_simulation_on_its_page_keeps_nothing(world):
    before = (Base.objects.count(), Rate.objects.count())
    page = world.client("administrator").post(
        reverse("law_simulate"), {"month": "2024-12", "code": "BTXH_STANDARD", "amount": "550000"}
    )
    assert "+300.000 ₫" in text_of(page)
    assert (Base.objects.count(), Rate.objects.count()) == before


def test_simulate_says_the_cost_by_scheme_category_and_district(world, tmp_path, capsys):
    file = tmp_path / "muc.csv"
    file.write_text("code,amount,coefficient\nBTXH_STANDARD,550000,\n", encoding="utf-8")
    call_command("simulate", "--rates", str(file), "--month", "2024-12", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said["month"] == "2024-12"
    assert (said["total"]["before"], said["total"]["after"], said["total"]["difference"]) == (
        3_000_000,
        3_300_000,
        300_000,
    )
    assert [(row["scheme"], row["difference"]) for row in said["by_scheme"]] == [("BTXH", 300_000)]
    assert [row["category"] for row in said["by_category"]] == ["BTXH_5.5c"]
    assert [(row["name"], row["changed"]) for row in said["by_district"]] == [("Thành phố Phan Thiết", 6)]


def test_simulate_refuses_a_file_that_it_cannot_read(tmp_path, world):
    file = tmp_path / "muc.csv"
    file.write_text("tên,lớp\nA,1\n", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("simulate", "--rates", str(file), "--month", "2024-12")
