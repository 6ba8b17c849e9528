"""The sums of the Post's lists and marks, kept where they change, so that a month's pages need not add them up."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models import Batch
from postal.models.calendar import PayDay, PayPlace


class Tally(models.Model):
    """Payments of a submitted postal batch that are alike: of one commune, on one pay day's list (None: on none), with
    one outcome ('' while none) of one day. `amount` in đồng.

    Triggers write it, set-based and within the statement that changes a payment's outcome, puts payments on a list
    or submits a batch (migration 0007): the engine below knows no lists. What it must come to is `postal_counted`;
    check_ledger compares the two (I11). Whoever changes a sum has locked its batch. A row may fall to zero people. It
    references nothing by constraint: checking one would lock pay days out of order.
    """

    batch = models.ForeignKey(
        Batch, models.DO_NOTHING, related_name="tallies", db_constraint=False, db_index=False
    )
    commune = models.ForeignKey(
        "areas.Unit", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    pay_day = models.ForeignKey(
        PayDay, models.DO_NOTHING, null=True, related_name="tallies", db_constraint=False
    )
    place = models.CharField(_("paid"), max_length=5, choices=PayPlace)
    outcome = models.CharField(max_length=9)
    outcome_on = models.DateField(null=True)
    people = models.IntegerField()
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "commune", "pay_day", "place", "outcome", "outcome_on"],
                name="a_tally_once",
                nulls_distinct=False,
            )
        ]


class MarkTally(models.Model):
    """What the paid marks of a pay day come to (`marked.sql`), kept by `receive_marks`, proved by check_ledger (I11).

    Without `device`: how many people they name. Of a device: how many of its marks followed too fast upon those
    before, and whose they are; no row where none did. Marks only grow, and so do these.
    """

    pay_day = models.ForeignKey(PayDay, models.PROTECT, related_name="mark_tallies", db_index=False)
    device = models.UUIDField(null=True)
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    people = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pay_day", "device"], name="a_mark_tally_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(device__isnull=True, clerk__isnull=True)
                | Q(device__isnull=False, clerk__isnull=False),
                name="fast_marks_have_a_clerk",
            ),
        ]
