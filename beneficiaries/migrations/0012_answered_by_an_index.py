
import beneficiaries.models.people
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('areas', '0002_labels'),
        ('beneficiaries', '0011_dead_people'),
        ('benefits', '0005_proposals'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entitlement',
            name='one_entitlement_of_a_category',
        ),
        migrations.RemoveConstraint(
            model_name='payoutmethod',
            name='one_payout_method_at_a_time',
        ),
        migrations.RemoveConstraint(
            model_name='residence',
            name='one_residence_at_a_time',
        ),
        migrations.AlterField(
            model_name='entitlement',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entitlements', to='beneficiaries.person'),
        ),
        migrations.AlterField(
            model_name='payoutmethod',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payout_methods', to='beneficiaries.person'),
        ),
        migrations.AlterField(
            model_name='residence',
            name='commune',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='areas.unit', verbose_name='commune'),
        ),
        migrations.AlterField(
            model_name='residence',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='residences', to='beneficiaries.person'),
        ),
        migrations.AddIndex(
            model_name='entitlement',
            index=models.Index(fields=['person'], include=('id', 'category', 'from_month', 'last_month'), name='grants_of_person'),
        ),
        migrations.AddIndex(
            model_name='payoutmethod',
            index=models.Index(fields=['person'], include=('id', 'channel', 'valid_from', 'valid_to', 'verified_on', 'failed_on'), name='payouts_of_person'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('died_on__isnull', True)), fields=['birth_date'], include=('id', 'birth_precision', 'pension_kind', 'pension_amount'), name='living_by_birth'),
        ),
        migrations.AddIndex(
            model_name='residence',
            index=models.Index(fields=['person'], include=('commune', 'valid_from', 'valid_to', 'hamlet'), name='residence_of_person'),
        ),
        migrations.AddIndex(
            model_name='residence',
            index=models.Index(fields=['commune'], include=('person', 'valid_from', 'valid_to', 'hamlet'), name='residence_in_commune'),
        ),
        migrations.AddConstraint(
            model_name='entitlement',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(beneficiaries.models.people.Aside('person'), '='), ('category', '='), (django.db.models.functions.comparison.Coalesce('linked_person_id', models.Value(0, models.BigIntegerField())), '='), (beneficiaries.models.people.DateRange('from_month', 'last_month'), '&&')], name='one_entitlement_of_a_category'),
        ),
        migrations.AddConstraint(
            model_name='payoutmethod',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(beneficiaries.models.people.Aside('person'), '='), (beneficiaries.models.people.DateRange('valid_from', 'valid_to'), '&&')], name='one_payout_method_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='residence',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(beneficiaries.models.people.Aside('person'), '='), (beneficiaries.models.people.DateRange('valid_from', 'valid_to'), '&&')], name='one_residence_at_a_time'),
        ),
    ]
