"""The sentences of an explanation, as an officer reads them out to the person or to a grandchild who asks.

A row is one of `payments/sql/explain_dues.sql`. Where a category tells of HIV and the reader does not decide about it,
only its public name, its sum and its decree are told: with the standard level the coefficient is one division away.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from benefits.articles import in_english
from benefits.models import Kind, Per, Stacking
from common.money import format_number, format_vnd
from common.numbers import format_factor

Row = Mapping[str, Any]
OWN_MONTHLY = "OWN_MONTHLY"
_ONLY_THE_HIGHEST = gettext_lazy("only the highest allowance is paid, “%(name)s” (Decree 20/2021, Art. 6(2))")
_RULES = {
    Stacking.NCC_SURVIVOR: gettext_lazy(
        "at most two survivor's allowances are paid, the highest such as “%(name)s” (Ordinance 02/2020, Art. 6(5))"
    ),
    Stacking.NCC_SURVIVOR_CARE: gettext_lazy(
        "one care allowance for survivors is paid, “%(name)s” (Ordinance 02/2020, Art. 6(6))"
    ),
    Stacking.NCC_CARER: gettext_lazy(
        "only the highest of its kind is paid, “%(name)s” (Ordinance 02/2020, Art. 6(3))"
    ),
    Stacking.NCC_EDUCATION: gettext_lazy(
        "only the highest of its kind is paid, “%(name)s” (Ordinance 02/2020, Art. 6(3))"
    ),
    Stacking.SOCIAL_PENSION: gettext_lazy(
        "the higher of the two is paid, “%(name)s” (Decree 176/2025, Art. 3)"
    ),
}


def english() -> bool:
    return not (get_language() or "vi").startswith("vi")


def category_name(category: Row, reveals: bool) -> str:
    """A category's name in the active language; its public name unless the reader may know it."""
    hidden = category["sensitive"] and not reveals
    return str(category[("public_" if hidden else "") + ("name_en" if english() else "name_vi")])


def reference(text: str | None) -> str:
    """A legal reference in the active language."""
    return in_english(text or "") if english() else (text or "")


def due_words(row: Row, winner: Row | None, reveals: bool) -> str:
    """How one due is reckoned, or why it is not paid."""
    if row["granted"] is None:
        return _(
            "No rate is in force for this month and these facts; the month cannot be paid until it is loaded."
        )
    reckoning = _reckoning(row, hidden=row["sensitive"] and not reveals)
    if row["amount"] == 0 and row["dropped_by"]:
        return _("Not paid: %(cause)s. By itself it would be %(reckoning)s.") % {
            "cause": why_dropped(row, winner, reveals),
            "reckoning": reckoning,
        }
    return f"{reckoning[0].upper()}{reckoning[1:]}."


def _reckoning(row: Row, *, hidden: bool) -> str:
    total = _per_time(row)
    if hidden:
        return _("%(amount)s by %(article)s") % {"amount": total, "article": reference(row["source"])}
    source = "; ".join(part for part in map(reference, (row["article"], row["source"])) if part)
    factors = [*_units(row), *_factors(row)]
    if not factors:
        return _("%(amount)s by %(article)s") % {"amount": total, "article": source}
    rounded = (
        _(", rounded to %(n)s ₫") % {"n": format_number(row["round_to"])}
        if row["coefficient"] is not None and row["round_to"] > 1
        else ""
    )
    sentence = _("%(amount)s = %(factors)s%(rounded)s (%(article)s)") % {
        "amount": total,
        "factors": " × ".join(factors),
        "rounded": rounded,
        "article": source,
    }
    if not row["base_source"]:
        return sentence
    level = (
        _("the standard level of %(area)s is set by %(source)s")
        if row["base_area"]
        else _("the standard level is set by %(source)s")
    )
    return f"{sentence}; " + level % {"area": row["base_area"], "source": reference(row["base_source"])}


def _per_time(row: Row) -> str:
    amount = format_vnd(row["granted"])
    if row["kind"] == Kind.MONTHLY:
        return _("%(amount)s a month") % {"amount": amount}
    return (_("%(amount)s a year") if row["kind"] == Kind.YEARLY else _("%(amount)s once")) % {
        "amount": amount
    }


def _units(row: Row) -> list[str]:
    count, named = row["units"], {"n": row["units"]}
    match row["per"]:
        case Per.CHILD:
            return [ngettext("%(n)s child", "%(n)s children", count) % named]
        case Per.MARTYR:
            return [ngettext("%(n)s martyr", "%(n)s martyrs", count) % named]
        case Per.SENIORITY_YEAR:
            return [ngettext("%(n)s year of seniority", "%(n)s years of seniority", count) % named]
    return []


def _factors(row: Row) -> list[str]:
    if row["fixed"] is not None:
        return [format_vnd(row["fixed"])] if row["per"] != Per.MONTH else []
    coefficient = format_factor(row["coefficient"])
    if row["base_code"] == OWN_MONTHLY:
        own = _("own allowances and supplements of the month of death %(base)s") % {
            "base": format_vnd(row["base"])
        }
        return [own, _("%(n)s months") % {"n": coefficient}]
    return [
        _("standard level %(base)s") % {"base": format_vnd(row["base"])},
        _("coefficient %(coefficient)s") % {"coefficient": coefficient},
    ]


def why_dropped(row: Row, winner: Row | None, reveals: bool) -> str:
    """The rule by which a benefit gives way, with what is paid instead and the article."""
    if row["dropped_by"] == "pension":
        if row["allows_lower_pension"]:
            return _("a pension at least as high is received (Decree 176/2025, Art. 2)")
        return _("a pension or monthly social insurance is received (Law 51/2010, Art. 51(1))")
    name = {"name": category_name(winner, reveals) if winner else row["dropped_by"]}
    if winner is None or (winner["sensitive"] and not reveals) or (row["sensitive"] and not reveals):
        return _("“%(name)s” is paid instead") % name
    if row["excluded_by_ncc"] and winner["scheme"] == "NCC":
        return _("“%(name)s” is received, and this is not paid beside it (Law 51/2010, Art. 51(1))") % name
    if winner["stacking"] == Stacking.BTXH_INSTITUTION:
        return _("the person is cared for in an institution (Decree 20/2021, Art. 25)")
    if winner["replaces"] == row["category"]:
        return _("“%(name)s” takes its place (Ordinance 02/2020, Art. 24(1)(d))") % name
    rule = _RULES.get(row["stacking"], _ONLY_THE_HIGHEST)
    if Stacking.SOCIAL_PENSION in (row["stacking"], winner["stacking"]):
        rule = _RULES[Stacking.SOCIAL_PENSION]
    return str(rule) % name


def undue_words(row: Row) -> str:
    """Why a decision on record grants nothing for the month."""
    if row["suspended_from"]:
        return _("Suspended from %(month)s: %(reason)s.") % {
            "month": f"{row['suspended_from']:%m/%Y}",
            "reason": row["suspended_for"],
        }
    if row["died_on"]:
        return _("The person died on %(day)s; the month of death is the last one paid.") % {
            "day": f"{row['died_on']:%d/%m/%Y}"
        }
    if row["kind"] != Kind.MONTHLY:
        return _("Not payable in this month: it is paid once, or once a year.")
    return _("The conditions, such as the age, are not met in this month.")


def line_words(*, kind: str, month: str, amount: int, due: int | None, earlier: int) -> str:
    """What one line of a payment is; `due` and `earlier` (paid for the same month before it) in đồng.

    `due` is told only where it is what both lines add up to: facts may have changed since.
    """
    told = {"month": month, "amount": format_vnd(amount), "earlier": format_vnd(earlier)}
    if kind == "regular":
        return _("For %(month)s: %(amount)s.") % told
    if kind == "arrears" and earlier > 0 and due == earlier + amount:
        whole = {"due": format_vnd(due)}
        return _(
            "Arrears for %(month)s: %(due)s is due and %(earlier)s had been paid, so %(amount)s is added."
        ) % (told | whole)
    if kind == "arrears":
        return _("Arrears for %(month)s, which had not been paid yet: %(amount)s.") % told
    if kind == "carried":
        return _("For %(month)s: %(amount)s which an earlier payment did not deliver.") % told
    if kind == "recovery":
        return _("Recovered for %(month)s by decision: %(amount)s.") % told
    return _("Paid once, in %(month)s: %(amount)s.") % told
