"""What a row of the worklist says: what happens by itself, and what the civil servant has to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Action, Reader
from beneficiaries.models import PayeeRole
from benefits.models import Category
from common.money import format_vnd
from common.months import add_months, show_month
from desk.queries.ahead import (
    ADULT,
    CARER,
    CHILD,
    END,
    MAY,
    PAPER,
    PAYEE,
    RATE,
    REFUSED,
    RESUME,
    SCHOOL,
    STUDY,
    Coming,
)

LABELS = {
    END: gettext_lazy("Eligibility ends by age"),
    MAY: gettext_lazy("May newly apply"),
    RATE: gettext_lazy("Rate changes with age"),
    CHILD: gettext_lazy("Child counted no longer"),
    STUDY: gettext_lazy("School on record ends"),
    SCHOOL: gettext_lazy("School year ends"),
    CARER: gettext_lazy("Person cared for grows up"),
    ADULT: gettext_lazy("Comes of age"),
    PAYEE: gettext_lazy("Right to collect ends"),
    PAPER: gettext_lazy("Certificate ends"),
    RESUME: gettext_lazy("Suspension ends"),
    REFUSED: gettext_lazy("Re-assessment refused"),
}
_STOP = gettext_lazy("Draft the stop")
_CHANGE = gettext_lazy("Draft the change")
BUTTONS = {
    END: _STOP,
    CARER: _STOP,
    SCHOOL: _STOP,
    REFUSED: _STOP,
    CHILD: _CHANGE,
    STUDY: _CHANGE,
    PAPER: _CHANGE,
    MAY: gettext_lazy("Draft the application"),
    PAYEE: gettext_lazy("Draft who collects"),
    RESUME: gettext_lazy("Draft another suspension"),
}


_AT_SCHOOL = gettext_lazy(
    "If the child goes on at school, enter until when; where no child is left, ask for the stop."
)
# What happens by itself, and what there is to do.
_SENTENCES = {
    RATE: (
        gettext_lazy("From the list of %(month)s on, the amount of the age of %(age)s, by itself."),
        gettext_lazy("Nothing to ask. Tell the family; prepare the decision that adjusts the amount."),
    ),
    END: (
        gettext_lazy(
            "Paid through %(month)s. From %(following)s the law grants nothing at this age, so the list leaves it out "
            "by itself; on record the benefit stays open until a decision ends it."
        ),
        gettext_lazy("See what else may be had instead, then ask for the decision that ends it."),
    ),
    MAY: (
        gettext_lazy("Nothing by itself: without an application nothing is paid."),
        gettext_lazy("See whether the other conditions are met (household, pension, school), then apply."),
    ),
    CARER: (
        gettext_lazy(
            "Nothing by itself: the benefit of %(name)s ends by age after %(month)s, the carer's goes on until a "
            "decision ends it."
        ),
        gettext_lazy("See whether there is another ground for the care; if not, ask for the carer's stop."),
    ),
    f"{CHILD}16": (
        gettext_lazy(
            "%(name)s turns 16 and is counted through %(month)s; from %(following)s on only while at school as on "
            "record. The list does so by itself."
        ),
        _AT_SCHOOL,
    ),
    f"{CHILD}22": (
        gettext_lazy("%(name)s turns 22 and is counted through %(month)s; then no longer, by itself."),
        gettext_lazy("Nothing to ask as long as another child is counted; otherwise ask for the stop."),
    ),
    STUDY: (
        gettext_lazy(
            "On record %(name)s is at school until %(day)s: counted through %(month)s, then no longer, by itself."
        ),
        _AT_SCHOOL,
    ),
    SCHOOL: (
        gettext_lazy("Nothing by itself: it is paid on after the school year."),
        gettext_lazy("Have the school confirm the new year; for who has left school, ask for the stop."),
    ),
    ADULT: (
        gettext_lazy("Nothing by itself: %(name)s may go on collecting as %(role)s."),
        gettext_lazy("See who is to collect from now on; the right is ended on the person's page."),
    ),
    PAYEE: (
        gettext_lazy(
            "After %(day)s %(name)s may not collect any more, nor is money sent to an account in that name, by itself; "
            "the person still may collect."
        ),
        gettext_lazy("Ask the person who shall collect, and enter it with its document."),
    ),
    PAPER: (
        gettext_lazy("Nothing by itself: after %(day)s it is paid on as before."),
        gettext_lazy(
            "Have the disability assessed again in time; enter the new certificate, or ask for the stop."
        ),
    ),
    RESUME: (
        gettext_lazy("Suspended through %(month)s; from %(following)s it is paid again, by itself."),
        gettext_lazy("See whether the ground has gone; if it has not, ask for another suspension."),
    ),
    REFUSED: (
        gettext_lazy("Nothing by itself: it stays suspended. Three months are over with %(month)s."),
        gettext_lazy("If the re-assessment is still refused, ask for the stop."),
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """`benefit` is the category's name as the reader may know it ('' where it is about none); `offers` the code and
    name of each category that may be applied for; `money` how the amount changes, '' where it does not."""

    label: str
    benefit: str
    happens: str
    to_do: str
    money: str
    button: str
    offers: list[tuple[str, str]]


def words_of(row: Coming, *, reader: Reader, english: bool) -> Words:
    """The row in words. A category that tells of HIV has its public name outside the deciding officers (rule H01)."""
    reveals = reader.may(Action.SEE_SENSITIVE, row.commune)

    def name(category: Category) -> str:
        if category.sensitive and not reveals:
            return category.public_name_en if english else category.public_name_vi
        return category.name_en if english else category.name_vi

    happens, to_do = _sentences(row)
    return Words(
        label=str(LABELS[row.kind]),
        benefit=name(row.entitlement.category) if row.entitlement else "",
        happens=happens,
        to_do=to_do,
        money=_money(row),
        button=str(BUTTONS.get(row.kind, "")),
        offers=[(one.code, name(one)) for one in row.offers],
    )


def _money(row: Coming) -> str:
    if row.kind not in (RATE, END, CHILD, STUDY, RESUME):
        return ""
    if row.before is None or row.after is None:
        return _("The tables hold no rate for these months yet.")
    if row.before == row.after:
        return _("What is paid stays at %(amount)s a month: suspended, or another benefit counts.") % {
            "amount": format_vnd(row.after)
        }
    told = _("%(before)s → %(after)s a month") % {
        "before": format_vnd(row.before),
        "after": format_vnd(row.after),
    }
    other = (row.all_before, row.all_after)
    if None in other or other == (row.before, row.after):
        return told
    return _("%(told)s; with all other benefits %(before)s → %(after)s") % {
        "told": told,
        "before": format_vnd(row.all_before or 0),
        "after": format_vnd(row.all_after or 0),
    }


def _sentences(row: Coming) -> tuple[str, str]:
    happens, to_do = _SENTENCES[f"{row.kind}{row.age}" if row.kind == CHILD else row.kind]
    said = {
        "month": show_month(row.month),
        "following": show_month(add_months(row.month, 1)),
        "age": row.age,
        "name": row.about_name or _("the child"),
        "day": f"{row.on_day:%d/%m/%Y}" if row.on_day else "",
        "role": PayeeRole(row.role).label if row.role else "",
    }
    return str(happens) % said, str(to_do)
