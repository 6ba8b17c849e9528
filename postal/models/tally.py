"""The sums of the Post's lists, kept where they change, so that a month's page need not add up its payments."""

from __future__ import annotations

from django.db import models
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
