"""How figures, dates and protected numbers are written on every page, and the few parts that are drawn.

Numbers follow the reader's language, dates are dd/mm/yyyy in both. An absent value is written as a dash, so a page
never shows "None".
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from common import cccd
from common.money import amount_in_words, format_number, format_vnd
from common.months import show_birth
from common.numbers import format_decimal, format_factor, format_percent

register = template.Library()

ABSENT = "–"
NO_BREAK = "\u00a0"
METER_WIDTH = 1000

TONES = {
    "draft": "quiet",
    "planned": "quiet",
    "open": "",
    "running": "",
    "done": "good",
    "submitted": "cash",
    "approved": "",
    "funded": "",
    "released": "",
    "acknowledged": "",
    "settled": "good",
    "closed": "good",
    "cancelled": "quiet",
    "stopped": "bad",
    "paid": "good",
    "failed": "bad",
    "unclaimed": "cash",
    "returned": "bad",
    "withdrawn": "quiet",
    "suspended": "cash",
    "ended": "quiet",
    "opened": "cash",
    "refused": "bad",
}


@register.filter
def vnd(amount: int | None) -> str:
    """An amount of đồng: 1234567 → `1.234.567 ₫` or `1,234,567 ₫`, kept on one line."""
    return ABSENT if amount is None else format_vnd(int(amount)).replace(" ", NO_BREAK).replace("-", "−")


@register.filter
def vnd_change(amount: int | None) -> str:
    """An amount with its sign always written: `+6.500.000 ₫`, `−9.250.000 ₫`."""
    return vnd(amount) if amount is None or amount <= 0 else f"+{vnd(amount)}"


@register.filter
def vnd_short(amount: int | None) -> str:
    """A large amount (đồng) rounded to the tenth of a billion or million: `103,2 tỷ đồng`, `103.2 billion dong`."""
    if amount is None:
        return ABSENT
    if abs(amount) >= 10**9:
        scaled, unit = Decimal(amount) / 10**9, gettext("billion dong")
    elif abs(amount) >= 10**6:
        scaled, unit = Decimal(amount) / 10**6, gettext("million dong")
    else:
        return vnd(amount)
    return f"{format_decimal(scaled, 1)}{NO_BREAK}{unit.replace(' ', NO_BREAK)}"


@register.filter
def num(number: int | None) -> str:
    """A whole number: 1234567 → `1.234.567` or `1,234,567`."""
    return ABSENT if number is None else format_number(int(number)).replace("-", "−")


@register.filter
def num_change(number: int | None) -> str:
    """A whole number with its sign always written: `+12`, `−3`."""
    return num(number) if number is None or number <= 0 else f"+{num(number)}"


@register.filter
def people(number: int | None) -> str:
    """A count of people in words of the reader's language: `1.907 người`, `1,907 people`."""
    if number is None:
        return ABSENT
    return ngettext("%(count)s person", "%(count)s people", number) % {"count": num(number)}


@register.filter
def pct(fraction: float | Decimal | None) -> str:
    """A fraction of 1 as a percentage: 0.387 → `38,7%` or `38.7%`. Short of the whole never reads as 100 %."""
    return ABSENT if fraction is None else format_percent(fraction)


@register.filter
def plain(fraction: float | Decimal | None) -> str:
    """A number as programs read it, with a point in every language; absent is empty."""
    return "" if fraction is None else f"{Decimal(str(fraction)):f}"


@register.filter
def factor(number: Decimal | float | int | None) -> str:
    """A coefficient without idle zeros: 1.50 → `1,5` or `1.5`."""
    return ABSENT if number is None else format_factor(number)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date as dd/mm/yyyy in both languages; a moment is first taken to Vietnam's time."""
    if not value:
        return ABSENT
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y")


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in Vietnam's time: `09:12, 18/11/2024`."""
    if not value:
        return ABSENT
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return local.strftime("%H:%M, %d/%m/%Y")


@register.filter
def month(value: date | None) -> str:
    """A month as 12/2024."""
    return ABSENT if not value else f"{value:%m/%Y}"


@register.filter
def month_key(value: date | None) -> str:
    """A month as addresses and commands write it: `2024-12`."""
    return "" if not value else f"{value:%Y-%m}"


@register.filter
def birth(value: date | None, precision: str = "day") -> str:
    """A birth date no more exact than it is known: `10/09/1944`, `09/1944` or `1944`."""
    return show_birth(value, precision or "day") if value else ABSENT


@register.filter
def mask_id(number: str | None) -> str:
    """A citizen identity number with its middle hidden; one already masked stays as it is."""
    if not number:
        return ABSENT
    return number if "•" in number else cccd.mask(number)


@register.filter
def mask_account(number: str | None) -> str:
    """An account number of which only the last digits show; one already masked stays as it is."""
    if not number:
        return ABSENT
    return number if "•" in number else cccd.mask_account(number)


@register.filter
def in_words(amount: int | None) -> str:
    """An amount of đồng as a sentence in words, in the reader's language."""
    return ABSENT if amount is None else amount_in_words(int(amount))


@register.simple_tag
def meter(part: int | float | None, whole: int | float | None, goal: float | None = None) -> SafeString:
    """A bar of which `part` of `whole` is filled; `goal` (a fraction of 1) draws a mark.

    It says nothing to a screen reader: the figures always stand beside it in words. Widths are attributes of the
    drawing, because the page policy refuses style attributes.
    """
    share = min(max(float(part or 0) / float(whole), 0.0), 1.0) if whole else 0.0
    mark: SafeString | str = ""
    if goal is not None and 0 < goal < 1:
        mark = format_html('<rect class="goal" x="{}" width="4" height="12"/>', round(goal * METER_WIDTH) - 2)
    return format_html(
        '<svg class="meter" viewBox="0 0 {0} 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
        '<rect class="whole" width="{0}" height="12"/><rect class="part" width="{1}" height="12"/>{2}</svg>',
        METER_WIDTH,
        round(share * METER_WIDTH),
        mark,
    )


@register.simple_tag
def state_tag(state: str, label: str) -> SafeString:
    """A state in its colour, always with its word: colour alone says nothing."""
    return format_html('<span class="tag {}">{}</span>', TONES.get(str(state), ""), label)


@register.simple_tag
def channel_tag(channel: str, label: str) -> SafeString:
    """How money travels: the brand colour for an account, the warm colour for cash."""
    return format_html('<span class="tag {}">{}</span>', "" if str(channel) == "bank" else "cash", label)


@register.filter
def cell(value: str | int | date | None) -> str:
    """A cell of a list on paper: numbers as the language writes them, days as day/month/year, nothing as a dash."""
    if isinstance(value, int):
        return format_number(value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else value or ABSENT
