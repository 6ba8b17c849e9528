"""The page policy allows no inline script or style and no other origin: templates and styles keep to it."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = sorted(Path(settings.BASE_DIR, "templates").rglob("*.html"))
STYLES = Path(settings.BASE_DIR, "static", "ansinh", "ansinh.css").read_text(encoding="utf-8")
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "an event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[:\w-]*)\s*="),
    "a script in the page": re.compile(r"<script(?![^>]*\bsrc=)"),
    "an htmx expression": re.compile(r'hx-trigger="[^"]*\['),
    "another origin": re.compile(r'(?:src|href|action)="(?:https?:)?//'),
}


def test_templates_hold_nothing_that_the_page_policy_refuses():
    found = [
        f"{path.name}: {what}"
        for path in TEMPLATES
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert TEMPLATES
    assert found == []


def test_the_stylesheet_names_only_files_that_are_shipped():
    here = Path(settings.BASE_DIR, "static", "ansinh")
    named = re.findall(r'url\("([^"]+)"\)', STYLES)
    assert len(named) == 12
    assert [name for name in named if not (here / name).is_file()] == []


def test_no_comment_of_a_template_is_printed_on_the_page():
    open_comments = [
        path.name for path in TEMPLATES if re.search(r"\{#(?:(?!#\}).)*$", path.read_text(), re.MULTILINE)
    ]
    assert open_comments == []
