"""The Post's papers, from the templates in `postal/typst/`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from common.typesetting import typeset

TEMPLATES = Path(__file__).resolve().parent.parent / "typst"


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `postal/typst/<template>.typ` with its data."""
    return typeset(TEMPLATES / f"{template}.typ", data)
