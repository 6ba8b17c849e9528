"""What the paid marks of a pay day come to, kept; and indexes that answer what is asked of all of a month's marks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from common import sql


def count(apps, schema_editor):
    """The sums of the marks that are there, by the rule that the operation which receives marks keeps."""
    days = list(apps.get_model("postal", "PayDay").objects.values_list("pk", flat=True))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            sql.relations(("postal", "marked"))
            + "\nINSERT INTO postal_marktally (pay_day_id, device, clerk_id, people) SELECT * FROM marked",
            {"pay_days": days, "marks": 5, "seconds": 30},
        )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("postal", "0007_tallies"),
    ]
    operations = [
        migrations.RemoveIndex(model_name="mark", name="mark_by_day"),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(
                fields=["pay_day", "payment"], include=["id"], condition=models.Q(kind="paid"), name="mark_paid"
            ),
        ),
        migrations.AddIndex(
            model_name="mark",
            index=models.Index(
                fields=["pay_day", "payee", "payment"],
                condition=models.Q(payee__isnull=False),
                name="mark_of_payee",
            ),
        ),
        migrations.CreateModel(
            name="MarkTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("device", models.UUIDField(null=True)),
                ("people", models.IntegerField()),
                (
                    "clerk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pay_day",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mark_tallies",
                        to="postal.payday",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("pay_day", "device"), name="a_mark_tally_once", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(device__isnull=True, clerk__isnull=True)
                        | models.Q(device__isnull=False, clerk__isnull=False),
                        name="fast_marks_have_a_clerk",
                    ),
                ]
            },
        ),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
