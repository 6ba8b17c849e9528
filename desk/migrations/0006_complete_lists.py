"""A list says for which communes it is complete; the same file is taken once by an officer, also at once.

Whoever was missing on a list of before was so where they live; of previews made before nobody loses by it. Of files
taken twice each but the newest keeps its rows under a digest of its own.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ABSENT = "UPDATE desk_civilmatch SET absent_from_id = commune_id WHERE effect = 'lose' AND likeness <> 'exact'"
TAKEN_TWICE = """
UPDATE desk_civillist list SET digest = sha256(list.digest || convert_to(list.uuid::text, 'UTF8'))
WHERE EXISTS (
    SELECT FROM desk_civillist newer
    WHERE newer.kind = list.kind AND newer.by_id = list.by_id AND newer.digest = list.digest AND newer.id > list.id
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("areas", "0002_labels"),
        ("desk", "0005_drop_exports"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("civillist", "communes", models.JSONField(default=list)),
        migrations.AddField(
            "civilmatch",
            "absent_from",
            models.ForeignKey(
                "areas.Unit", django.db.models.deletion.PROTECT, db_index=False, null=True, related_name="+"
            ),
        ),
        migrations.RunSQL(ABSENT, migrations.RunSQL.noop),
        migrations.RunSQL(TAKEN_TWICE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "civillist",
            models.UniqueConstraint(fields=("kind", "by", "digest"), name="a_civil_list_taken_once"),
        ),
    ]
