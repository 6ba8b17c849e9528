"""From data to PDF by Typst, with the fonts that it carries itself: the same paper on every machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


def typeset(template: Path, data: Mapping[str, Any], *, tagged: bool = False) -> bytes:
    """The PDF of a `.typ` file with its data. Text is data there, never code.

    `tagged`: with the structure that a screen reader needs, which makes a long table's file many times larger.
    """
    compiler = typst.Compiler(template, font_paths=_fonts(), ignore_system_fonts=True)
    made = compiler.compile(format="pdf", sys_inputs={"data": json.dumps(data)}, pdf_tags=tagged)
    assert isinstance(made, bytes)
    return made
