"""Databases made before 0002 was shortened have two tables more, for exports that no page ever had: they are empty."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("desk", "0004_saved_views")]
    operations = [
        migrations.RunSQL(
            "DROP TABLE IF EXISTS desk_exportlayout, desk_exportlog", migrations.RunSQL.noop, elidable=True
        )
    ]
