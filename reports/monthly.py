"""The monthly cashless report in sentences: what goes upwards says its figures in words an official can read out."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from common.money import format_number
from common.numbers import format_percent
from reports.models import Difficulty
from reports.queries.difficulties import kinds
from reports.queries.overview import Overview

# How many proposals the report repeats, of those that hold back most people.
PROPOSALS = 3


def sentences(seen: Overview, difficulties: Sequence[Difficulty]) -> list[str]:
    """The paragraphs of the report on one month and area, with the difficulties that stood at its end."""
    total, number = seen.total, format_number
    first = _(
        "In %(month)s, %(area)s paid %(amount)s đồng to %(all)s people and schemes. %(covered)s of them were paid "
        "through an account, %(rate)s, with %(cashless)s đồng; %(cash)s were paid in cash through the Post or are "
        "still waited for."
    ) % {
        "month": f"{seen.table.month:%m/%Y}",
        "area": _("the whole province") if seen.table.area.whole_province else seen.table.area.name,
        "amount": number(total.amount),
        "all": number(total.all),
        "covered": number(total.covered),
        "rate": format_percent(total.rate),
        "cashless": number(total.amount_cashless),
        "cash": number(total.all - total.covered),
    }
    schemes = " ".join(
        _("%(scheme)s: %(covered)s of %(all)s, %(rate)s; %(year)s đồng through accounts since January.")
        % {
            "scheme": row.name,
            "covered": number(row.covered),
            "all": number(row.all),
            "rate": format_percent(row.rate),
            "year": number(row.amount_year),
        }
        for row in seen.schemes
    )
    return [first, schemes, *_progress(seen), *_reasons(seen), *_difficulties(seen, difficulties)]


def _progress(seen: Overview) -> list[str]:
    total, number = seen.total, format_number
    said = []
    if seen.change is not None:
        said.append(
            _(
                "Against the month before: %(change)s. %(opened)s received a first account, %(asked)s were asked "
                "for their reason."
            )
            % {
                "change": f"{seen.change:+d}".replace("-", "−"),
                "opened": number(seen.work.opened),
                "asked": number(seen.work.asked),
            }
        )
    if seen.target_on and total.gap:
        said.append(
            _("The target is %(target)s by %(day)s: %(gap)s people are missing, %(needed)s each month.")
            % {
                "target": format_percent(total.target),
                "day": f"{seen.target_on:%d/%m/%Y}",
                "gap": number(total.gap),
                "needed": number(total.needed) if total.needed else number(total.gap),
            }
        )
    if seen.ahead:
        said.append(
            _(
                "If work goes on as in the last %(n)s months, the rate will be about %(expected)s in %(month)s, most "
                "likely between %(low)s and %(high)s."
            )
            % {
                "n": seen.ahead.based_on,
                "expected": format_percent(seen.ahead.last.expected),
                "month": f"{seen.ahead.last.month:%m/%Y}",
                "low": format_percent(seen.ahead.last.low),
                "high": format_percent(seen.ahead.last.high),
            }
        )
    return [" ".join(said)] if said else []


def _reasons(seen: Overview) -> list[str]:
    if not seen.reasons:
        return []
    named = "; ".join(f"{one.label}: {format_number(one.count)}" for one in seen.reasons)
    text = _("Why people are not yet paid through an account: %(reasons)s.") % {"reasons": named}
    if seen.easiest:
        text += " " + _("Next to be won: %(label)s, %(count)s people (%(next)s).") % {
            "label": seen.easiest.label,
            "count": format_number(seen.easiest.count),
            "next": seen.easiest.next,
        }
    return [text]


def _difficulties(seen: Overview, standing: Sequence[Difficulty]) -> list[str]:
    """What the units raised goes up with the month: by kind, and what is proposed against the largest."""
    if not standing:
        return []
    last_day = seen.table.last_day
    answered = [
        one for one in standing if one.answered_at and timezone.localtime(one.answered_at).date() <= last_day
    ]
    text = _(
        "Difficulties not closed at the end of the month: %(count)s, of which %(answered)s answered; they hold about "
        "%(people)s people back (%(kinds)s)."
    ) % {
        "count": format_number(len(standing)),
        "answered": format_number(len(answered)),
        "people": format_number(sum(one.people for one in standing)),
        "kinds": "; ".join(f"{kind.label}: {format_number(kind.people)}" for kind in kinds(standing)),
    }
    proposed = [one for one in standing if one.proposal][:PROPOSALS]
    if proposed:
        named = "; ".join(f"{one.unit.name}: {one.proposal.rstrip('.')}" for one in proposed)
        text += " " + _("Proposed: %(proposals)s.") % {"proposals": named}
    return [text]
