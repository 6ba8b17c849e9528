"""Pages of the reference tables, for administrators."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.access import Action
from accounts.http import OfficerRequest, require
from desk.reference import FORMATS, TABLES, exported


@require_GET
def reference(request: OfficerRequest) -> HttpResponse:
    """Which tables there are, how many rows each has, and where each is changed."""
    require(request, Action.ADMINISTER)
    rows = [
        {"key": table.key, "label": table.label, "count": table.resource._meta.model.objects.count()}
        for table in TABLES.values()
    ]
    return render(request, "desk/reference.html", {"rows": rows, "formats": list(FORMATS)})


@require_GET
def reference_file(request: OfficerRequest, key: str, form: str) -> HttpResponse:
    """One table whole."""
    require(request, Action.ADMINISTER)
    table = TABLES.get(key)
    if table is None or form not in FORMATS:
        raise Http404
    name = f"{key}-{timezone.localdate():%Y-%m-%d}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(exported(table, form), content_type=FORMATS[form][1], headers=headers)
