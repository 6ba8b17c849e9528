"""What stands under a list: its files, its paper, and the officer's own filters and columns."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template

from desk.listings.all import LISTINGS
from desk.queries.saved_views import views_of

register = template.Library()


@register.inclusion_tag("partials/list_tools.html", takes_context=True)
def list_tools(context: dict[str, Any], key: str, batch: int | None = None) -> dict[str, Any]:
    """The strip under the list `key`, with the filter that the page is asked with; `batch` for a batch's payments."""
    request, listing = context["request"], LISTINGS[key]
    asked = request.GET.dict() | ({"batch": str(batch)} if batch else {})
    asked = {name: value for name, value in asked.items() if value and name not in ("after", "before")}
    kept = views_of(user_id=request.user.pk, listing=key)
    return {
        "csrf_token": context.get("csrf_token"),
        "key": key,
        "page": listing.page,
        "query": urlencode(asked),
        "fields": {name: asked[name] for name in listing.fields if name in asked},
        "keeps": bool(listing.fields),
        "filters": kept.filters,
        "columns": kept.columns,
    }
