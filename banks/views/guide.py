"""For a bank's engineer, who has no account here: the quick start and the reference, both from one source each."""

from __future__ import annotations

from pathlib import Path

from csp.decorators import csp_update
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from drf_spectacular.views import SpectacularSwaggerSplitView
from markdown_it import MarkdownIt

DOCS = Path(__file__).resolve().parents[2] / "docs"
GUIDES = {"vi": DOCS / "banks-api.vi.md", "en": DOCS / "banks-api.md"}


@login_not_required
@require_GET
def quick_start(request: HttpRequest) -> HttpResponse:
    """docs/banks-api.md, or its Vietnamese text, as a page."""
    language = "en" if (get_language() or "").startswith("en") else "vi"
    text = GUIDES[language].read_text(encoding="utf-8")
    # Our own file, so its anchors may be HTML.
    content = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    # What is wider than a phone scrolls, by keyboard too.
    content = content.replace("<pre>", '<pre tabindex="0">')
    content = content.replace("<table>", '<div class="scroll" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return render(request, "banks/quick_start.html", {"content": mark_safe(content), "language": language})


# Swagger UI writes style attributes; its scripts are served from here.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"], "img-src": ["data:"]}), name="dispatch")
class ReferenceView(SpectacularSwaggerSplitView):
    """The reference in the browser, without another origin."""

    template_name = "banks/reference.html"
