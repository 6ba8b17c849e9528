from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("beneficiaries", "0013_earlier_senders")]

    operations = [
        migrations.AlterField(
            model_name="payoutmethod",
            name="pay_at",
            field=models.CharField(
                blank=True,
                choices=[("point", "at the pay point"), ("home", "at home")],
                max_length=5,
                verbose_name="cash is paid",
            ),
        ),
    ]
