"""A mark never changes: what is so follows from all of them."""

from django.db import migrations

APPEND_ONLY = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON postal_mark
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("postal", "0002_marks"), ("payments", "0002_append_only_and_closed")]
    operations = [
        migrations.RunSQL(APPEND_ONLY, "DROP TRIGGER append_only ON postal_mark"),
    ]
