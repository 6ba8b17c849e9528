"""A commune's papers of a month: every list as PDF and Excel, and the increase and decrease of each batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from areas.models import Unit
from payments.models import Batch, Payment
from postal.models import PayDay
from postal.papers.changes import changes_pdf, changes_workbook
from postal.papers.signing import file_name, list_pdf, list_workbook
from postal.queries.lists import PayList, pay_lists

File = tuple[str, Callable[[], bytes]]


def commune_files(*, commune: Unit, days: Sequence[PayDay]) -> list[File]:
    """Names and makers of the files of a commune's pay days, in order; making is left to the caller, for progress."""
    lists = pay_lists(days=days)
    return [
        *_list_files(lists),
        *_change_files(commune, {made.batch.pk: made.batch for made in lists}.values()),
    ]


def _list_files(lists: Sequence[PayList]) -> Iterator[File]:
    for made in lists:
        yield file_name(made, "pdf"), partial(list_pdf, made)
        yield file_name(made, "xlsx"), partial(list_workbook, made)


def _change_files(commune: Unit, batches: Iterable[Batch]) -> Iterator[File]:
    # One who left the commune stands in its decrease: everybody ever paid there counts.
    people = set(Payment.objects.filter(commune=commune).values_list("person_id", flat=True))
    for batch in batches:
        name = f"{commune.code}-tanggiam-{batch.scheme}-{batch.pk}"
        yield f"{name}.pdf", partial(changes_pdf, batch, people=people, place=commune.name)
        yield f"{name}.xlsx", partial(changes_workbook, batch, people=people, place=commune.name)
