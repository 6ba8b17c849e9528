"""The worklist of what comes in the next three months, and the drafts that begin on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import Action, Reader
from accounts.http import OfficerRequest, place_of, require
from areas.models import Unit
from beneficiaries import queries as people
from beneficiaries.models import ChangeKind
from beneficiaries.operations.errors import DecisionRefused
from common.months import add_months, month_of, parse_month, show_month
from common.text import sort_key
from desk.models import CivilKind
from desk.operations.ahead import begin_draft
from desk.queries import ahead as queries
from desk.queries.ahead_words import LABELS, words_of
from desk.queries.civil import open_matches

LIST, FIGURES = "list", "figures"


@require_GET
def ahead(request: OfficerRequest) -> HttpResponse:
    """What comes, by month and name, to who may see people; to who may see figures, how much of it by commune."""
    require(request, Action.SEE_COVERAGE)
    today, reader = timezone.localdate(), request.reader
    views = [LIST, FIGURES] if reader.may(Action.SEE_PEOPLE) else [FIGURES]
    if not reader.may(Action.REQUEST_CHANGE):
        views.reverse()
    which = request.GET.get("view", "")
    which = which if which in views else views[0]
    context: dict[str, Any] = {
        "may_see_people": LIST in views,
        "which": which,
        "views": views,
        "last": add_months(month_of(today), queries.MONTHS_AHEAD),
    }
    context |= _listed(request, today) if which == LIST else _figures(reader, today)
    return render(request, "desk/ahead.html", context)


@require_GET
def ahead_counts(request: OfficerRequest) -> HttpResponse:
    """A part of the first page, loaded after it: how much stands in the worklists of whoever asks for changes."""
    require(request, Action.REQUEST_CHANGE)
    reader = request.reader
    coming = queries.coming_counts(communes=reader.units(Action.REQUEST_CHANGE), on=timezone.localdate())
    labels = {CivilKind.DEATHS: _("List of deaths: to be decided"),
              CivilKind.POVERTY: _("Poor households: to be decided")}  # fmt: skip
    rows = [
        {"label": _("What comes within three months"), "url": f"{reverse('ahead')}?view={LIST}",
         "count": sum(row["count"] for row in coming)},
        *(
            {"label": label, "url": reverse("civil_lists", args=[kind]), "count": open_matches(reader, kind).count()}
            for kind, label in labels.items()
        ),
    ]  # fmt: skip
    return render(request, "desk/_ahead_counts.html", {"rows": [row for row in rows if row["count"]]})


@require_POST
def ahead_draft(request: OfficerRequest) -> HttpResponse:
    """Begin the draft of the request that a row of the worklist leads to, and open it."""
    require(request, Action.REQUEST_CHANGE)
    row = queries.coming_one(
        reader=request.reader, on=timezone.localdate(), key=request.POST.get("row", "") or "-"
    )
    if row is None:
        raise Http404
    try:
        made = begin_draft(
            row=row, category=request.POST.get("category", ""), by=request.user, at=timezone.now()
        )
    except DecisionRefused as error:
        messages.error(request, str(error) or _("Say what changes."))
        return redirect("ahead")
    if made.kind == ChangeKind.NEW:
        return redirect("entry", made.client_key)
    return redirect("change_edit", made.pk)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter of an address; of many communes one month at a time."""

    commune: int | None
    kind: str
    month: date | None


def coming_asked_for(query: QueryDict, *, reader: Reader, on: date) -> Asked:
    """What an address asks for, as far as it exists."""
    asked, kind, months = query.get("commune", ""), query.get("kind", ""), queries.months_ahead(on)
    commune = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
    wide = queries.is_wide(reader=reader, commune=commune)
    month = _month(query.get("month", ""), months) or (months[0] if wide else None)
    return Asked(commune, kind if kind in queries.KINDS else "", month)


def _listed(request: OfficerRequest, today: date) -> dict[str, Any]:
    reader = request.reader
    communes = list(people.communes_of(reader=reader, on=today))
    asked = coming_asked_for(request.GET, reader=reader, on=today)
    page = queries.coming_page(reader=reader, on=today, place=place_of(request.GET), **asdict(asked))
    english = (get_language() or "vi").startswith("en")
    rows = [
        {
            "it": row,
            "words": words_of(row, reader=reader, english=english),
            "may_ask": bool(queries.request_kind(row.kind))
            and reader.may(Action.REQUEST_CHANGE, row.commune),
            "shows_commune": len(communes) > 1,
        }
        for row in page.rows
    ]
    return {
        "page": {
            "rows": rows,
            "total": page.total,
            "next": _link(request, "after", page.after),
            "previous": _link(request, "before", page.before),
        },
        "communes": communes if len(communes) > 1 else [],
        "commune": asked.commune,
        "kind": asked.kind,
        "kinds": [(key, LABELS[key]) for key in queries.KINDS],
        "months": [(f"{one:%Y-%m}", show_month(one)) for one in queries.months_ahead(today)],
        "wide": queries.is_wide(reader=reader, commune=asked.commune),
        "month": f"{asked.month:%Y-%m}" if asked.month else "",
    }


def _figures(reader: Reader, today: date) -> dict[str, Any]:
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    for row in queries.coming_counts(communes=reader.units(Action.SEE_COVERAGE), on=today):
        counts[row["commune_id"]][row["kind"]] = row["count"]
        total[row["kind"]] += row["count"]
    kinds = [kind for kind in queries.KINDS if total[kind]]
    seen = reader.units(Action.SEE_PEOPLE)
    communes = sorted(
        Unit.objects.filter(pk__in=counts).select_related("parent"),
        key=lambda unit: (sort_key(unit.parent.name if unit.parent else ""), sort_key(unit.name)),
    )
    rows = [
        {
            "name": one.name,
            "above": one.parent.name if one.parent else "",
            "url": f"{reverse('ahead')}?view={LIST}&commune={one.pk}" if one.pk in seen else "",
            "counts": [(LABELS[kind], counts[one.pk][kind]) for kind in kinds],
            "total": counts[one.pk].total(),
        }
        for one in communes
    ]
    return {
        "kinds": [LABELS[kind] for kind in kinds],
        "rows": rows,
        "total": [(LABELS[kind], total[kind]) for kind in kinds],
        "all": total.total(),
    }


def _month(text: str, months: list[date]) -> date | None:
    try:
        found = parse_month(text) if text else None
    except ValueError:
        return None
    return found if found in months else None


def _link(request: OfficerRequest, name: str, key: str) -> str:
    if not key:
        return ""
    link = request.GET.copy()
    link.pop("after", None)
    link.pop("before", None)
    link[name] = key
    return f"?{link.urlencode()}"
