import django.contrib.postgres.fields
import django.db.models.deletion
import tenancy.base
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('programs', '0043_earned_days'),
        ('tenancy', '0002_membership_index'),
    ]

    operations = [
        migrations.CreateModel(
            name='PlanTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('platform_provider', 'Platform provider'), ('consultant', 'Consultant'), ('system_integrator', 'System integrator'), ('msp', 'Managed service provider'), ('reseller', 'Reseller'), ('distributor', 'Distributor'), ('isv', 'Independent software vendor'), ('hardware_vendor', 'Hardware vendor'), ('referral_agent', 'Referral agent')], max_length=20), blank=True, default=list, size=None, verbose_name='partner roles')),
                ('objectives', models.JSONField(default=list, verbose_name='objectives')),
                ('commitments', models.JSONField(default=list, verbose_name='commitments')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
            ],
            options={
                'ordering': ['name', 'id'],
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.AddIndex(
            model_name='plantemplate',
            index=models.Index(fields=['operator', 'name'], name='plantemplate_name'),
        ),
    ]
