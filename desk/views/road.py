"""The road to cashless: the commune's worklist, a talk and what people answered, the month's plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, page_context, place_of, require
from areas.models import Unit
from beneficiaries import queries as people_queries
from beneficiaries.models import ObstacleReason, OutreachPlan, Person, Way
from beneficiaries.next_steps import ACCOUNT_TROUBLES, NEXT_STEPS
from beneficiaries.operations import outreach
from beneficiaries.operations.errors import DecisionRefused
from beneficiaries.operations.outreach import AT_ONCE, Told
from common.keyset import number_of
from common.months import month_of, read_month, show_birth
from desk.forms.road import AnswerForm, PlanForm, RoadFilterForm, TalkForm, chosen_ids
from desk.queries import road as queries
from desk.queries.road import Wanted
from reports import sheets
from reports.sheets import Cell, Sheet, Table
from reports.views.upward import sheet_file

LONGEST_FILE = 2_500
_MEETING_PART = 60


@require_safe
def road(request: OfficerRequest) -> HttpResponse:
    """Who of a commune is still paid through the Post, why, and what comes next; hamlet by hamlet."""
    require(request, Action.SEE_PEOPLE)
    today, reader = timezone.localdate(), request.reader
    communes = list(people_queries.communes_of(reader=reader, on=today))
    commune = _commune(request, communes)
    context: dict[str, Any] = {"commune": commune}
    if commune is not None:
        form, wanted = _filters(request, communes, commune)
        found = queries.on_the_post(reader=reader, wanted=wanted, on=today)
        page, reasons = queries.worklist(found, place=place_of(request.GET))
        context |= {
            "form": form,
            "reasons": _reasons(reasons, request),
            "page": page_context(page, rows_of(page.rows), request.GET, total=sum(reasons.values())),
            "query": request.GET.urlencode(),
            "may_note": reader.may(Action.REQUEST_CHANGE, commune.pk),
        }
    return render(request, "desk/road.html", context)


@require_safe
def road_file(request: OfficerRequest, kind: str) -> HttpResponse:
    """Exactly what the filters show, as an Excel file or as paper to take along."""
    require(request, Action.SEE_PEOPLE)
    if kind not in ("xlsx", "pdf"):
        raise Http404
    today, reader = timezone.localdate(), request.reader
    communes = list(people_queries.communes_of(reader=reader, on=today))
    commune = _commune(request, communes)
    if commune is None:
        raise Http404
    _form, wanted = _filters(request, communes, commune)
    found = queries.on_the_post(reader=reader, wanted=wanted, on=today).order_by("place", "pk")
    rows = list(found[: LONGEST_FILE + 1])
    if len(rows) > LONGEST_FILE:
        messages.error(request, _("More than %(n)s people: choose a hamlet first.") % {"n": LONGEST_FILE})
        return redirect(f"{reverse('road')}?{request.GET.urlencode()}")
    sheet = _sheet(commune, wanted, rows_of(rows))
    made = sheets.workbook(sheet) if kind == "xlsx" else sheets.paper(sheet)
    return sheet_file(made, f"van-dong-{commune.code}-{today:%Y%m%d}.{kind}")


@require_http_methods(["GET", "POST"])
def road_note(request: OfficerRequest) -> HttpResponse:
    """Note what people answered: one, those chosen from the worklist, or those of a planned meeting."""
    require(request, Action.REQUEST_CHANGE)
    given = request.POST if request.method == "POST" else request.GET
    plan = _plan(request, given.get("plan", ""))
    if plan is None and "person" not in given:
        messages.error(request, _("Choose at least one person."))
        return redirect(_back(given.get("back", ""), None, []))
    rows = _people(request, chosen_ids(given, "person", AT_ONCE), plan)
    data = request.POST if request.method == "POST" else None
    officer = request.user.full_name or request.user.username
    talk = TalkForm(
        data,
        initial={
            "on": min(plan.on, timezone.localdate()) if plan else timezone.localdate(),
            "way": plan.way if plan else Way.HOME,
            "told_by": officer,
        },
    )
    forms = [AnswerForm(data, person=one, final=one.standing == ObstacleReason.CHOOSES_CASH) for one in rows]
    if data is not None and talk.is_valid() and all(form.is_valid() for form in forms):
        facts = talk.cleaned_data
        told = Told(on=facts["on"], way=Way(facts["way"]), told_by=facts["told_by"], plan=plan)
        answers = [answer for form in forms if (answer := form.answered())]
        try:
            count = outreach.note_answers(told=told, answers=answers, by=request.user, at=timezone.now())
        except DecisionRefused as error:
            talk.add_error(None, str(error))
        else:
            said = ngettext("Noted: %(n)s person.", "Noted: %(n)s people.", count) % {"n": count}
            messages.success(request, said)
            return redirect(_back(given.get("back", ""), plan, rows))
    context = {
        "talk": talk,
        "rows": list(zip(forms, rows_of(rows), strict=True)),
        "plan": plan,
        "back": given.get("back", ""),
        "told": queries.told_about(person_id=rows[0].pk) if len(rows) == 1 else [],
        "left": _left(request, plan) - len(rows) if plan else 0,
    }
    return render(request, "desk/road_note.html", context, status=422 if data is not None else 200)


@require_http_methods(["GET", "POST"])
def road_plans(request: OfficerRequest) -> HttpResponse:
    """A commune's plan of a month: which group, which hamlets, when and where; and another one."""
    require(request, Action.SEE_PEOPLE)
    today, reader = timezone.localdate(), request.reader
    communes = list(people_queries.communes_of(reader=reader, on=today))
    commune = _commune(request, communes)
    context: dict[str, Any] = {"commune": commune, "communes": communes}
    status = 200
    if commune is not None:
        month = _month(request.GET.get("month", "")) or month_of(today)
        may_plan = reader.may(Action.REQUEST_CHANGE, commune.pk)
        hamlets = queries.hamlets_of(commune=commune.pk, on=today)
        form = PlanForm(request.POST or None, hamlets=hamlets)
        if request.method == "POST":
            require(request, Action.REQUEST_CHANGE, commune.pk)
            if form.is_valid():
                try:
                    made = outreach.make_plan(
                        commune=commune, by=request.user, at=timezone.now(), **form.cleaned_data
                    )
                except DecisionRefused as error:
                    form.add_error(None, str(error))
                else:
                    messages.success(request, _("Planned."))
                    return redirect(f"{reverse('road_plans')}?commune={commune.pk}&month={made.month:%Y-%m}")
            status = 422
        plans = list(queries.plans_of(reader=reader, commune=commune.pk, month=month))
        context |= {
            "month": month,
            "plans": [(plan, _left(request, plan)) for plan in plans],
            "form": form if may_plan else None,
        }
    return render(request, "desk/road_plans.html", context, status=status)


@require_POST
def road_plan_withdraw(request: OfficerRequest, plan_id: int) -> HttpResponse:
    """Give a plan up; what was noted at it stays."""
    require(request, Action.REQUEST_CHANGE)
    plan = _plan(request, str(plan_id))
    assert plan is not None
    outreach.withdraw_plan(plan_id=plan.pk)
    messages.success(request, _("The plan is withdrawn."))
    return redirect(f"{reverse('road_plans')}?commune={plan.commune_id}&month={plan.month:%Y-%m}")


def rows_of(people: Sequence[Person]) -> list[dict[str, Any]]:
    """People of `on_the_post` as the pages show them, with the last talk and the day they are invited to."""
    ids = [person.pk for person in people]
    told, days = queries.last_told(ids), queries.invited(ids)
    labels = dict(ObstacleReason.choices) | ACCOUNT_TROUBLES | {"": _("no reason noted yet")}
    rows = []
    for person in people:
        why = person.standing  # type: ignore[attr-defined]
        last = told.get(person.pk)
        rows.append(
            {
                "person": person,
                "hamlet": person.hamlet,  # type: ignore[attr-defined]
                "reason": str(labels[why]),
                "noted_on": person.noted_on,  # type: ignore[attr-defined]
                "next": str(NEXT_STEPS.get(why, "")),
                "final": why == ObstacleReason.CHOOSES_CASH,
                "again": person.ask_again_on,  # type: ignore[attr-defined]
                "told": last,
                "invited": days.get(person.pk),
            }
        )
    return rows


def _commune(request: OfficerRequest, communes: list[Unit]) -> Unit | None:
    """The commune asked for, else the first of the reader's that has people: never in place of one that a form was
    sent for."""
    asked = request.GET.get("commune", "")
    found = next((one for one in communes if str(one.pk) == asked), None)
    if found is None and asked and request.method == "POST":
        raise Http404
    return found or (communes[0] if communes else None)


def _filters(request: OfficerRequest, communes: list[Unit], commune: Unit) -> tuple[RoadFilterForm, Wanted]:
    hamlets = queries.hamlets_of(commune=commune.pk, on=timezone.localdate())
    data = request.GET.copy()
    data["commune"] = str(commune.pk)
    form = RoadFilterForm(data, communes=communes, hamlets=hamlets)
    return form, form.wanted(commune.pk)


def _reasons(counts: dict[str, int], request: OfficerRequest) -> list[dict[str, Any]]:
    labels = dict(ObstacleReason.choices) | ACCOUNT_TROUBLES | {"": _("no reason noted yet")}
    rows = []
    for key, count in sorted(counts.items(), key=lambda item: -item[1]):
        link = request.GET.copy()
        for name in ("after", "before"):
            link.pop(name, None)
        link["reason"] = key or queries.NO_REASON
        rows.append({"label": str(labels[key]), "count": count, "next": str(NEXT_STEPS.get(key, "")),
                     "url": f"?{link.urlencode()}"})  # fmt: skip
    return rows


def _plan(request: OfficerRequest, text: str) -> OutreachPlan | None:
    if not text:
        return None
    plans = OutreachPlan.objects.filter(commune__in=request.reader.units(Action.REQUEST_CHANGE))
    found = plans.select_related("commune").filter(pk=number_of(text), withdrawn=False).first()
    if found is None:
        raise Http404
    return found


def _of_plan(reader: Reader, plan: OutreachPlan) -> Any:
    """Those whom a plan means and who were not told at it yet, in order of hamlets."""
    wanted = Wanted(plan.commune_id, hamlets=tuple(plan.hamlets), group=plan.group, due=plan.on)
    people = queries.on_the_post(reader=reader, wanted=wanted, on=timezone.localdate())
    return people.exclude(pk__in=plan.outreach.values("person")).order_by("place", "pk")


def _left(request: OfficerRequest, plan: OutreachPlan) -> int:
    return int(_of_plan(request.reader, plan).order_by().count())


def _people(request: OfficerRequest, ids: list[int], plan: OutreachPlan | None) -> list[Any]:
    """Those chosen, or else the first of the plan; 404 where one of them is not of the officer's communes."""
    reader, today = request.reader, timezone.localdate()
    if not ids:
        if plan is None:
            raise Http404
        return list(_of_plan(reader, plan)[:_MEETING_PART])
    homes = queries.homes_of(people=ids, units=reader.units(Action.REQUEST_CHANGE), on=today)
    if set(homes) != set(ids):
        raise Http404
    rows: list[Any] = []
    for commune in sorted(set(homes.values())):
        rows += queries.on_the_post(reader=reader, wanted=Wanted(commune), on=today).filter(pk__in=ids)
    return sorted(rows, key=lambda one: one.place)


def _back(query: str, plan: OutreachPlan | None, rows: list[Any]) -> str:
    if plan is not None:
        return f"{reverse('road_note')}?plan={plan.pk}"
    if query == "person" and rows:
        return reverse("person", args=[rows[0].pk])
    return f"{reverse('road')}?{query}" if query else reverse("road")


def _month(text: str) -> Any:
    try:
        return read_month(text)
    except ValueError:
        return None


def _sheet(commune: Unit, wanted: Wanted, rows: list[dict[str, Any]]) -> Sheet:
    by_hamlet: dict[str, list[list[Cell]]] = {}
    for number, row in enumerate(rows, start=1):
        person, told = row["person"], row["told"]
        by_hamlet.setdefault(row["hamlet"], []).append(
            [
                number,
                person.name,
                show_birth(person.birth_date, person.birth_precision),
                person.phone,
                row["reason"],
                row["next"],
                f"{told.on:%d/%m/%Y}, {told.get_way_display()}: {told.get_answer_display()}" if told else "",
                f"{row['again']:%d/%m/%Y}" if row["again"] else "",
                "",
            ]
        )
    return Sheet(
        title=_("Still paid in cash: %(commune)s") % {"commune": commune.name},
        subtitle=_("%(n)s people on %(day)s") % {"n": len(rows), "day": f"{timezone.localdate():%d/%m/%Y}"},
        heads=[_("No."), _("Name"), _("Born"), _("Telephone"), _("Why"), _("Next step"), _("Last told"),
               _("Ask again on"), _("Answer")],
        tables=[Table(hamlet or _("no hamlet noted"), lines) for hamlet, lines in by_hamlet.items()],
        notes=[_("Who chooses cash is respected: nobody asks again.")],
        texts=(1, 2, 3, 4, 5, 6, 7, 8),
        widths=(0.6, 3, 1.4, 1.6, 2.6, 3.2, 3, 1.5, 2.4),
        tall=True,
    )  # fmt: skip
