"""The papers of an account-opening day: the list to sign on the day, and the file that the bank fills in."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from beneficiaries.models import Campaign, Candidate, CandidateState
from beneficiaries.opened_file import ACCOUNT, HOLDER, REFERENCE
from common.cccd import mask
from common.months import show_birth
from common.workbooks import new_workbook
from reports import sheets
from reports.sheets import Cell, Sheet, Table

# What the bank asks for to open an account, and no more: neither why the person receives money nor how much.
_HEADS = (REFERENCE, "Họ và tên", "Ngày sinh", "Số CCCD", ACCOUNT, HOLDER)
_WIDTHS = (16, 30, 14, 18, 24, 32)


def bank_workbook(campaign: Campaign, people: Sequence[Candidate]) -> bytes:
    """Who opens an account, with identity numbers in full, and two empty columns of text for the bank."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        sheet = book.add_worksheet("Mở tài khoản")
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        text = book.add_format({"border": 1, "num_format": "@"})
        sheet.write_string(
            0, 0, f"{campaign.provider.name} · {campaign.commune.name} · {campaign.on:%d/%m/%Y}"
        )
        sheet.write_string(
            1, 0, f"Ngân hàng điền hai cột “{ACCOUNT}” và “{HOLDER}”, để nguyên cột “{REFERENCE}”."
        )
        for column, (name, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(3, column, name, head)
        for line, one in enumerate(people, start=4):
            person = one.person
            for column, value in enumerate(
                (
                    one.reference,
                    person.name,
                    show_birth(person.birth_date, person.birth_precision),
                    person.national_id or "",
                )
            ):
                sheet.write_string(line, column, value, text)
            for column in (4, 5):
                sheet.write_blank(line, column, None, text)
        sheet.freeze_panes(4, 2)
    return target.getvalue()


def day_list(campaign: Campaign, people: Sequence[Any]) -> bytes:
    """The list of the day as PDF: who comes, with a column in which each agrees by signing."""
    listed = [one for one in people if one.state != CandidateState.LEFT]
    lines: list[list[Cell]] = [
        [
            one.reference,
            one.person.name,
            show_birth(one.person.birth_date, one.person.birth_precision),
            mask(one.person.national_id) if one.person.national_id else _("none yet"),
            one.hamlet,
            one.person.phone,
            "",
        ]
        for one in listed
    ]
    return sheets.paper(
        Sheet(
            title=_("Account-opening day: %(bank)s") % {"bank": campaign.provider.name},
            subtitle=f"{campaign.commune.name} · {campaign.place} · {campaign.on:%d/%m/%Y}",
            heads=[_("Reference code"), _("Name"), _("Born"), _("Identity number"), _("Hamlet"), _("Telephone"),
                   _("Agrees (signature)")],
            tables=[Table("", lines, ["", _("Total"), "", "", "", _("%(n)s people") % {"n": len(lines)}, ""])],
            notes=[
                _("By signing I agree that the commune tells the bank my name, birth date and identity number, to open "
                  "an account in my own name. I may take this back at any time, and may always return to cash."),
                _("Bring the citizen identity card. Nobody pays for the account; a telephone is not needed."),
            ],
            signers=[_("Prepared by"), _("For the bank"), _("Head of unit")],
            texts=(0, 1, 2, 3, 4, 5, 6),
            widths=(1.4, 3.4, 1.6, 2, 2, 1.8, 3),
            tall=True,
        )
    )  # fmt: skip
