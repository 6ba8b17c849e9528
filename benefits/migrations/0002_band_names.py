from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="rate",
            name="band_name_vi",
            field=models.CharField(default="", max_length=160, verbose_name="name of the band in Vietnamese"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="rate",
            name="band_name_en",
            field=models.CharField(default="", max_length=160, verbose_name="name of the band in English"),
            preserve_default=False,
        ),
    ]
