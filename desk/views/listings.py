"""Lists as files and on paper, and what an officer keeps of them: filters, and columns for other systems."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.http import OfficerRequest, require
from common.keyset import number_of
from common.money import format_number
from common.workbooks import XLSX
from desk.listings.all import LISTINGS
from desk.listings.columns import MOST_PRINTED, MOST_ROWS, Column, Listing, TooManyRows, cells, write_workbook
from desk.operations.saved_views import ViewRefused, forget, keep_columns, keep_filter
from desk.queries.saved_views import columns_named, views_of


@require_GET
def list_file(request: OfficerRequest, key: str) -> HttpResponseBase:
    """What a list shows with this filter, all its pages, as Excel in the columns asked for."""
    listing = _listing(request, key)
    columns = _columns(request, listing)[1]
    try:
        made = write_workbook(
            columns, cells(listing, columns, request, most=MOST_ROWS), sheet=str(listing.label)
        )
    except TooManyRows:
        messages.error(
            request,
            _("A file holds at most %(n)s rows: choose a filter first.") % {"n": format_number(MOST_ROWS)},
        )
        return redirect(_page(listing, request))
    name = f"{listing.key}-{timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(made, as_attachment=True, filename=name, content_type=XLSX)


@require_GET
def list_print(request: OfficerRequest, key: str) -> HttpResponse:
    """The same on one page, to print."""
    listing = _listing(request, key)
    name, columns = _columns(request, listing)
    try:
        rows = list(cells(listing, columns, request, most=MOST_PRINTED))
    except TooManyRows:
        messages.error(
            request,
            _("At most %(n)s rows are printed: choose a filter first.") % {"n": format_number(MOST_PRINTED)},
        )
        return redirect(_page(listing, request))
    return render(request, "desk/list_print.html", {
        "listing": listing, "named": name, "columns": columns, "rows": rows, "back": _page(listing, request),
        "printed_at": timezone.now(),
    })  # fmt: skip


@require_http_methods(["GET", "POST"])
def list_columns(request: OfficerRequest, key: str) -> HttpResponse:
    """Choose which columns a file has, in which order and under which titles, and keep them under a name."""
    listing = _listing(request, key)
    name, kept = columns_named(
        user_id=request.user.pk, listing=listing.key, view_id=request.GET.get("view", "")
    )
    if request.method == "POST":
        name, kept = request.POST.get("name", ""), _numbered(request, listing)
        try:
            keep_columns(user=request.user, listing=listing.key, name=name, columns=kept)
        except ViewRefused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Kept. The list's page offers these columns from now on."))
            return redirect(request.get_full_path())
    places = {column: (place, title) for place, (column, title) in enumerate(kept, start=1)}
    rows = [
        {
            "column": column,
            "place": places.get(column.key, ("", ""))[0],
            "title": places.get(column.key, ("", ""))[1],
        }
        for column in listing.columns
    ]
    if not kept:
        rows = [row | {"place": number} for number, row in enumerate(rows, start=1)]
    return render(request, "desk/list_columns.html", {
        "listing": listing, "name": name, "rows": rows, "back": _page(listing, request), "most": len(listing.columns),
        "views": views_of(user_id=request.user.pk, listing=listing.key).columns,
    })  # fmt: skip


@require_POST
def list_keep(request: OfficerRequest, key: str) -> HttpResponse:
    """Keep the filter of the page under a name."""
    listing = _listing(request, key)
    fields = {name: request.POST.get(name, "") for name in listing.fields}
    try:
        made = keep_filter(
            user=request.user, listing=listing.key, name=request.POST.get("named", ""), fields=fields
        )
    except ViewRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Kept as “%(name)s”.") % {"name": made.name})
    return redirect(_page(listing, request))


@require_POST
def list_forget(request: OfficerRequest, view_id: int) -> HttpResponse:
    """Remove one of one's own filters or columns."""
    listing = LISTINGS.get(forget(user=request.user, view_id=view_id) or "")
    if listing is None:
        raise Http404
    messages.success(request, _("Removed."))
    return redirect(_page(listing, request))


def _listing(request: OfficerRequest, key: str) -> Listing:
    listing = LISTINGS.get(key)
    if listing is None:
        raise Http404
    require(request, listing.action)
    return listing


def _columns(request: OfficerRequest, listing: Listing) -> tuple[str, list[tuple[Column, str]]]:
    name, kept = columns_named(
        user_id=request.user.pk, listing=listing.key, view_id=request.GET.get("columns", "")
    )
    return name, listing.chosen(kept)


def _numbered(request: OfficerRequest, listing: Listing) -> list[tuple[str, str]]:
    """The columns that were given a number, in its order."""
    found = []
    for column in listing.columns:
        place = number_of(request.POST.get(f"place_{column.key}", "").strip())
        if place:
            found.append((place, (column.key, request.POST.get(f"title_{column.key}", "").strip())))
    return [chosen for _place, chosen in sorted(found, key=lambda one: one[0])]


def _page(listing: Listing, request: OfficerRequest) -> str:
    """The list's page with the filter that this address carries; a batch's payments stand on the batch's."""
    given: Any = request.POST if request.method == "POST" else request.GET
    if listing.page == "batch":
        batch = number_of(given.get("batch", ""))
        return reverse("batch", args=[batch]) if batch else reverse("batches")
    query = urlencode({name: given[name] for name in listing.fields if given.get(name)})
    return f"{reverse(listing.page)}?{query}" if query else reverse(listing.page)
