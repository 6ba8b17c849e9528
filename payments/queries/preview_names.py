"""What the rows of a preview are called, in the reader's language."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from areas.models import Unit
from benefits.models import Category, Scheme


def unit_names() -> dict[str, str]:
    """Paying units by the key of `Figures.by("unit")`."""
    names = {str(unit.pk): unit.name for unit in Unit.objects.paying()}
    return names | {"0": _("no residence on record")}


def category_names() -> dict[str, str]:
    """Categories by the key of `Figures.by("category")`; those that tell of HIV share their scheme's (rule H01)."""
    english = (get_language() or "vi").startswith("en")
    names = {
        category.pk: f"{category.pk} {category.name_en if english else category.name_vi}"
        for category in Category.objects.filter(sensitive=False)
    }
    return names | {
        Scheme.BTXH: _("Social protection, category not shown"),
        Scheme.NCC: str(Scheme.NCC.label),
    }
