"""All looks together, the newest first, without reading what was changed between them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_look'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='entry',
            index=models.Index(condition=models.Q(('kind', 'look')), fields=['id'], name='looks_in_order'),
        ),
    ]
