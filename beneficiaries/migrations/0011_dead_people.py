"""Whoever is dead, found without reading the roll."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0010_accepted_names")]
    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(
                fields=["died_on"],
                include=["id"],
                condition=models.Q(died_on__isnull=False),
                name="person_dead",
            ),
        ),
    ]
