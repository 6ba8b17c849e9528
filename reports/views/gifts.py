"""Gift lists: those made, a new one, and each commune's people as page, Excel file and paper to sign."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action
from accounts.http import OfficerRequest, require
from accounts.models import User
from areas.models import Unit
from common.money import amount_in_words, format_number, format_vnd
from common.months import show_birth
from reports import sheets
from reports.forms import GiftForm
from reports.giving import GiftRefused, approve_gift_list, make_gift_list, withdraw_gift_list
from reports.models import GiftList
from reports.queries.gifts import Given, gift_amounts, gift_people, gift_sums
from reports.sheets import Cell, Sheet, Table
from reports.views.upward import sheet_file


@require_http_methods(["GET", "POST"])
def gift_lists(request: OfficerRequest) -> HttpResponse:
    """Every gift list, the latest first; an administrator makes another, with the amounts of `from` to begin with."""
    require(request, Action.SEE_PEOPLE)
    like = request.GET.get("from", "")
    before = GiftList.objects.filter(pk=like).first() if like.isascii() and like.isdigit() else None
    form = GiftForm(request.POST or None, like=before)
    if request.method == "POST":
        require(request, Action.ADMINISTER, code=False)  # a second administrator's approval asks for it
        if form.is_valid():
            try:
                made = make_gift_list(**form.facts, by=request.user, at=timezone.now())
            except GiftRefused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The gift list is made. A second administrator approves it."))
                return redirect("gift_list", made.pk)
    context = {
        "rows": GiftList.objects.select_related("made_by", "approved_by"),
        "like": before,
        "form": form if request.reader.may(Action.ADMINISTER) else None,
    }
    return render(request, "reports/gift_lists.html", context)


@require_safe
def gift_list(request: OfficerRequest, gift_id: int) -> HttpResponse:
    """A gift list by commune of the reader's area: people by amount, and together."""
    require(request, Action.SEE_PEOPLE)
    gift = get_object_or_404(GiftList, pk=gift_id)
    sums = gift_sums(gift=gift, reader=request.reader)
    amounts = sorted({amount for one in sums for amount in one.by_amount}, reverse=True)
    everybody, whole = sum(one.people for one in sums), sum(one.amount for one in sums)
    context: dict[str, Any] = {
        "gift": gift,
        "amounts": amounts,
        "rows": [(one, [one.by_amount.get(amount, 0) for amount in amounts]) for one in sums],
        "people": [sum(one.by_amount.get(amount, 0) for one in sums) for amount in amounts],
        "all": everybody,
        "amount": whole,
        "given": gift_amounts(gift=gift, reader=request.reader),
    }
    if request.reader.may(Action.ADMINISTER) and not gift.withdrawn_at:
        context["actions"] = _actions(gift, request.user, people=everybody, amount=whole)
    return render(request, "reports/gift_list.html", context)


def _actions(gift: GiftList, officer: User, *, people: int, amount: int) -> list[dict[str, Any]]:
    url = reverse("gift_act", args=[gift.pk])
    withdraw = {
        "name": "withdraw",
        "url": url,
        "label": _("Withdraw the list"),
        "tone": "stop",
        "consequence": _(
            "Nobody prints it any more, and paper printed before is not paid. It stays on record."
        ),
        "confirm": True,
    }
    if gift.approved_at:
        return [withdraw]
    figures = {"n": format_number(people), "amount": format_vnd(amount)}
    approve: dict[str, Any] = {
        "name": "approve",
        "url": url,
        "label": _("Approve: %(n)s people, %(amount)s") % figures,
        "consequence": _("The amounts are those of the decision. Every commune may then print its part."),
        "confirm": True,
        "amount": amount,
    }
    if gift.made_by_id == officer.pk:
        approve["refused"] = _("Another administrator approves it, not the one who made it.")
    return [withdraw, approve]


@require_POST
def gift_act(request: OfficerRequest, gift_id: int) -> HttpResponse:
    """An administrator approves another's list, or withdraws one that was made wrongly."""
    require(request, Action.ADMINISTER)
    gift = get_object_or_404(GiftList, pk=gift_id)
    action = request.POST.get("action")
    if action not in ("approve", "withdraw"):
        raise Http404
    if action == "approve":
        try:
            approve_gift_list(gift_id=gift.pk, by=request.user, at=timezone.now())
        except GiftRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The gift list is approved; every commune may print its part."))
    elif withdraw_gift_list(gift_id=gift.pk, by=request.user, at=timezone.now()):
        messages.success(request, _("The gift list is withdrawn."))
    return redirect("gift_list", gift.pk)


@require_safe
def gift_commune(request: OfficerRequest, gift_id: int, commune_id: int) -> HttpResponse:
    """One commune's people on a gift list, by name."""
    gift, commune, rows = _asked(request, gift_id, commune_id)
    exports = [
        {"label": label, "url": reverse(name, args=[gift.pk, commune.pk])}
        for name, label in (("gift_excel", "Excel"), ("gift_pdf", "PDF"))
        if gift.approved_at
    ]
    context = {"gift": gift, "sheet": _sheet(gift, commune, rows, signed=False), "exports": exports}
    return render(request, "reports/gift_commune.html", context)


@require_safe
def gift_excel(request: OfficerRequest, gift_id: int, commune_id: int) -> HttpResponse:
    """The same as an Excel file; 404 until the list is approved."""
    gift, commune, rows = _asked(request, gift_id, commune_id, approved=True)
    made = sheets.workbook(_sheet(gift, commune, rows, signed=True))
    return sheet_file(made, f"qua-{gift.occasion}-{gift.on_date:%Y}-{commune.code}.xlsx")


@require_safe
def gift_pdf(request: OfficerRequest, gift_id: int, commune_id: int) -> HttpResponse:
    """The same on paper, with a column to sign in; 404 until the list is approved."""
    gift, commune, rows = _asked(request, gift_id, commune_id, approved=True)
    made = sheets.paper(_sheet(gift, commune, rows, signed=True))
    return sheet_file(made, f"qua-{gift.occasion}-{gift.on_date:%Y}-{commune.code}.pdf")


def _asked(
    request: OfficerRequest, gift_id: int, commune_id: int, *, approved: bool = False
) -> tuple[GiftList, Unit, list[Given]]:
    require(request, Action.SEE_PEOPLE)
    if not request.reader.may(Action.SEE_PEOPLE, commune_id):
        raise Http404
    gift, commune = get_object_or_404(GiftList, pk=gift_id), get_object_or_404(Unit, pk=commune_id)
    if approved and not gift.approved_at:
        raise Http404
    return gift, commune, gift_people(gift=gift, commune=commune, reader=request.reader)


def _sheet(gift: GiftList, commune: Unit, rows: list[Given], *, signed: bool) -> Sheet:
    state = ""
    if gift.withdrawn_at:
        state = _("WITHDRAWN: not to be paid")
    elif not gift.approved_at:
        state = _("not approved yet: not to be paid")
    subtitle = _("%(commune)s · decision %(number)s of %(day)s") % {
        "commune": commune.name,
        "number": gift.decision_number,
        "day": f"{gift.decision_date:%d/%m/%Y}",
    }
    heads = [_("No."), _("Name"), _("Born"), _("Hamlet"), _("Category"), _("Đồng")]
    lines: list[list[Cell]] = [
        [number, one.name, _born(one), one.hamlet, one.category, one.amount]
        for number, one in enumerate(rows, start=1)
    ]
    total: list[Cell] = [
        None,
        _("Total"),
        "",
        "",
        _("%(n)s people") % {"n": len(rows)},
        sum(one.amount for one in rows),
    ]
    if signed:
        heads.append(_("Signature"))
        lines = [[*line, ""] for line in lines]
        total.append("")
    return Sheet(
        title=_("Gift list: %(occasion)s, %(year)s")
        % {"occasion": gift.get_occasion_display(), "year": f"{gift.on_date:%Y}"},
        subtitle=" · ".join(part for part in (subtitle, state) if part),
        heads=heads,
        tables=[Table("", lines, total)],
        notes=[
            _("In words: %(words)s.") % {"words": amount_in_words(sum(one.amount for one in rows))},
            _("One row for each person: whoever holds several benefits is given the highest present only."),
        ],
        signers=[_("Prepared by"), _("Handed out by"), _("Head of unit")],
        texts=(1, 2, 3, 4, 6),
        tall=signed,
        widths=(0.7, 3.4, 1.5, 1.8, 4.2, 1.6, *([2.2] if signed else [])),
    )


def _born(one: Given) -> str:
    return show_birth(one.birth_date, one.birth_precision) if one.birth_date else ""
