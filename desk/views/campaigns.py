"""Account-opening days: the list of them, one day, what the bank is told and what it opened, and the second officer."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action
from accounts.http import OfficerRequest, require
from areas.models import Unit
from audit.operations.looking import record_look
from beneficiaries.models import Campaign, CandidateState
from beneficiaries.opened_file import read_opened
from beneficiaries.operations import campaigns
from beneficiaries.operations.campaigns import MOST, CampaignRefused
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.roll.table import UnreadableFile
from common.keyset import number_of
from common.months import add_months
from desk.campaign_files import bank_workbook, day_list
from desk.forms.road import CampaignForm, OpenedForm, chosen_ids
from desk.queries import road as queries
from payments.queries.overview import last_paid_month
from reports.views.upward import sheet_file

_SHOWN = 50


@require_safe
def campaign_list(request: OfficerRequest) -> HttpResponse:
    """The account-opening days of the reader's communes, the newest first."""
    require(request, Action.SEE_PEOPLE)
    rows = list(queries.visible_campaigns(request.reader)[:_SHOWN])
    return render(request, "desk/campaign_list.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def campaign_invite(request: OfficerRequest) -> HttpResponse:
    """Put people chosen from the worklist on the list of a day to come, or of a new one."""
    require(request, Action.REQUEST_CHANGE)
    given = request.POST if request.method == "POST" else request.GET
    ids = chosen_ids(given, "person", MOST)
    if not ids:
        messages.error(request, _("Choose at least one person."))
        return redirect("road")
    commune = _commune_of(request, ids)
    planned = queries.visible_campaigns(request.reader).filter(commune=commune, ended_at__isnull=True)
    chosen = next((one for one in planned if str(one.pk) == request.POST.get("campaign", "")), None)
    form = CampaignForm(request.POST if request.method == "POST" and chosen is None else None)
    if request.method == "POST" and (chosen is not None or form.is_valid()):
        at = timezone.now()
        try:
            campaign = chosen or campaigns.make_campaign(
                commune=commune, provider=form.cleaned_data["provider"].pk, on=form.cleaned_data["on"],
                place=form.cleaned_data["place"], by=request.user, at=at,
            )  # fmt: skip
            count = campaigns.invite(campaign_id=campaign.pk, people=ids)
        except DecisionRefused as error:
            form.add_error(None, str(error)) if chosen is None else messages.error(request, str(error))
        else:
            said = ngettext("%(n)s person is on the list.", "%(n)s people are on the list.", count)
            messages.success(request, said % {"n": count})
            return redirect("campaign", campaign.pk)
    people = queries.names_of(ids)
    context = {"form": form, "people": people, "planned": planned, "commune": commune}
    return render(
        request, "desk/campaign_invite.html", context, status=422 if request.method == "POST" else 200
    )


@require_safe
def campaign(request: OfficerRequest, campaign_id: int) -> HttpResponse:
    """One day: who comes, who agreed, what the bank opened, whose name differs, who is paid there."""
    return _page(request, _find(request, campaign_id))


@require_safe
def campaign_paper(request: OfficerRequest, campaign_id: int) -> HttpResponse:
    """The list of the day, to be signed."""
    found = _find(request, campaign_id)
    made = day_list(found, queries.candidates_of(found, on=timezone.localdate()))
    return sheet_file(made, f"mo-tai-khoan-{found.pk}.pdf")


@require_POST
def campaign_export(request: OfficerRequest, campaign_id: int) -> HttpResponse:
    """The file for the bank, with identity numbers in full of those who agreed: each a look that is recorded."""
    require(request, Action.UNMASK)
    found = _find(request, campaign_id)
    require(request, Action.UNMASK, found.commune_id)
    require(request, Action.REQUEST_CHANGE, found.commune_id)
    at = timezone.now()
    try:
        people = campaigns.send_list(campaign_id=found.pk, by=request.user, at=at)
    except DecisionRefused as error:
        messages.error(request, str(error))
        return redirect("campaign", found.pk)
    reason = _("account-opening day %(id)s, file for %(bank)s") % {
        "id": found.pk,
        "bank": found.provider.short_name,
    }
    for one in people:
        if one.person.national_id:
            record_look(
                officer_id=request.user.pk, person_id=one.person_id, table="beneficiaries_person",
                row_key=one.person_id, column="national_id", reason=reason, at=at,
            )  # fmt: skip
    return sheet_file(bank_workbook(found, people), f"mo-tai-khoan-{found.pk}.xlsx")


@require_POST
def campaign_opened(request: OfficerRequest, campaign_id: int) -> HttpResponse:
    """Take over the bank's file: whole, or refused with each bad row named."""
    require(request, Action.REQUEST_CHANGE)
    found = _find(request, campaign_id)
    require(request, Action.REQUEST_CHANGE, found.commune_id)
    form = OpenedForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        rows = _read(form.cleaned_data["file"])
        taken = campaigns.take_opened(campaign_id=found.pk, rows=rows, by=request.user, at=timezone.now())
    except (UnreadableFile, CampaignRefused) as error:
        form.add_error("file", str(error))
        return _page(request, found, form=form, problems=getattr(error, "problems", []))
    messages.success(
        request,
        _(
            "%(opened)s accounts with an agreeing name, %(differs)s whose name differs, %(unchanged)s known already."
        )
        % {"opened": taken.opened, "differs": taken.differs, "unchanged": taken.unchanged},
    )
    return redirect("campaign", found.pk)


@require_POST
def campaign_act(request: OfficerRequest, campaign_id: int) -> HttpResponse:
    """Note consents, take people off, end the day; or decide about a name and approve what the bank opened, as another
    officer."""
    action = request.POST.get("action", "")
    deciding = {"approve": _approve, "accept": _accept}
    needed = Action.DECIDE_CHANGE if action in deciding else Action.REQUEST_CHANGE
    if action not in (*deciding, "consent", "take_off", "end"):
        raise Http404
    require(request, needed)
    found = _find(request, campaign_id)
    require(request, needed, found.commune_id)
    try:
        decide = deciding.get(action)
        messages.success(request, decide(request, found) if decide else _act(request, found, action))
    except DecisionRefused as error:
        messages.error(request, str(error))
    return redirect("campaign", found.pk)


def _act(request: OfficerRequest, found: Campaign, action: str) -> str:
    chosen = chosen_ids(request.POST, "candidate", MOST)
    if action == "end":
        campaigns.end_campaign(campaign_id=found.pk, by=request.user, at=timezone.now())
        return _("The account-opening day has ended.")
    if not chosen:
        raise CampaignRefused(_("Choose at least one person."))
    if action == "consent":
        today = timezone.localdate()
        count = campaigns.record_consent(campaign_id=found.pk, candidates=chosen, on=today)
        return ngettext("Consent of %(n)s person noted.", "Consent of %(n)s people noted.", count) % {
            "n": count
        }
    count = campaigns.take_off(campaign_id=found.pk, candidates=chosen, why=request.POST.get("why", ""))
    return ngettext("%(n)s person taken off.", "%(n)s people taken off.", count) % {"n": count}


def _approve(request: OfficerRequest, found: Campaign) -> str:
    day = _from_day()
    result = campaigns.change_over(
        campaign_id=found.pk, version=number_of(request.POST.get("version", "")), from_day=day, by=request.user,
        at=timezone.now(),
    )  # fmt: skip
    for name, why in result.refused:
        messages.error(request, _("%(name)s: %(why)s") % {"name": name, "why": why})
    text = ngettext(
        "%(n)s person is paid to the new account from %(day)s on.",
        "%(n)s people are paid to the new account from %(day)s on.",
        result.done,
    )
    return text % {"n": result.done, "day": f"{day:%d/%m/%Y}"}


def _accept(request: OfficerRequest, found: Campaign) -> str:
    chosen = chosen_ids(request.POST, "candidate", 1)
    campaigns.accept_name(
        campaign_id=found.pk, candidate_id=chosen[0] if chosen else 0, reason=request.POST.get("reason", ""),
        by=request.user, at=timezone.now(),
    )  # fmt: skip
    return _("The name is accepted. The account now waits to be approved with the others.")


def _from_day() -> Any:
    """The first day of the cycle after the newest: who is on its list is paid as that list says."""
    today, last = timezone.localdate(), last_paid_month()
    return max(today, add_months(last, 1)) if last else today


def _read(file: UploadedFile) -> list[campaigns.Opened]:
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise CampaignRefused(_("The file is too large."))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "opened"
        with path.open("wb") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
        return read_opened(path)


def _find(request: OfficerRequest, campaign_id: int) -> Any:
    require(request, Action.SEE_PEOPLE)
    found = queries.visible_campaigns(request.reader).filter(pk=campaign_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: OfficerRequest, found: Any, *, form: OpenedForm | None = None, problems: list[str] | None = None
) -> HttpResponse:
    reader = request.reader
    rows = queries.candidates_of(found, on=timezone.localdate())
    running = found.ended_at is None
    may_work = running and reader.may(Action.REQUEST_CHANGE, found.commune_id)
    prepared = {*found.prepared_by(), *(one.read_by_id for one in rows)}
    waiting = [one for one in rows if one.state == CandidateState.OPENED]
    decides = (
        running and reader.may(Action.DECIDE_CHANGE, found.commune_id) and request.user.pk not in prepared
    )
    context = {
        "campaign": found,
        "rows": [one for one in rows if one.state != CandidateState.LEFT],
        "gone": [one for one in rows if one.state == CandidateState.LEFT],
        "agreed": sum(one.consented_on is not None and one.state == CandidateState.INVITED for one in rows),
        "consented": sum(one.consented_on is not None for one in rows),
        "may_work": may_work,
        "may_send": may_work and reader.may(Action.UNMASK, found.commune_id),
        "form": (form or OpenedForm()) if may_work else None,
        "problems": problems or [],
        "waiting": len(waiting),
        "may_approve": decides and bool(waiting),
        "differing": queries.differing_of(found, on=timezone.localdate()) if running else [],
        "may_accept": decides,
        "from_day": _from_day(),
        "here": reverse("campaign_act", args=[found.pk]),
    }  # fmt: skip
    return render(request, "desk/campaign.html", context, status=422 if form else 200)


def _commune_of(request: OfficerRequest, ids: list[int]) -> Unit:
    """The one commune of the officer's in which all of these people live; 404 where there is none."""
    units = request.reader.units(Action.REQUEST_CHANGE)
    homes = queries.homes_of(people=ids, units=units, on=timezone.localdate())
    if set(homes) != set(ids) or len(set(homes.values())) != 1:
        raise Http404
    return Unit.objects.get(pk=next(iter(homes.values())))
