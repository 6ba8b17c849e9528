"""The target that the province works towards: everybody through an account by the end of 2025."""

from datetime import date
from decimal import Decimal

from django.db import migrations


def add_target(apps, schema_editor):
    apps.get_model("reports", "Target").objects.get_or_create(
        scheme="",
        unit=None,
        on_date=date(2025, 12, 31),
        set_on=date(2024, 1, 1),
        defaults={"rate": Decimal(1), "source": "Kế hoạch của tỉnh: 100 % qua tài khoản trong năm 2025"},
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunPython(add_target, migrations.RunPython.noop)]
