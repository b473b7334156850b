import django.contrib.postgres.fields
import django.db.models.deletion
import tenancy.base
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0001_operators'),
    ]

    operations = [
        migrations.CreateModel(
            name='Family',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('layer', models.CharField(choices=[('connectivity', 'Connectivity'), ('cloud', 'Cloud'), ('security', 'Security'), ('enterprise_it', 'Enterprise IT hardware and software'), ('iot', 'IoT'), ('data', 'Data and analytics'), ('core', 'Core telecom')], max_length=20, verbose_name='technology layer')),
            ],
            options={
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='family_code')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('family', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.family', verbose_name='family')),
                ('unit', models.CharField(blank=True, max_length=40, verbose_name='unit')),
                ('strategic', models.BooleanField(default=False, verbose_name='strategic')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('platform_provider', 'Platform provider'), ('consultant', 'Consultant'), ('system_integrator', 'System integrator'), ('msp', 'Managed service provider'), ('reseller', 'Reseller'), ('distributor', 'Distributor'), ('isv', 'Independent software vendor'), ('hardware_vendor', 'Hardware vendor'), ('referral_agent', 'Referral agent')], max_length=20), blank=True, default=list, size=None, verbose_name='partner roles that can sell it')),
                ('list_price', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name='list price')),
                ('partner_price', models.DecimalField(blank=True, decimal_places=6, max_digits=20, null=True, verbose_name='partner price')),
            ],
            options={
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'family'], name='product_family')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='product_code')],
            },
        ),
        migrations.CreateModel(
            name='Segment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('key_account', models.BooleanField(default=False, verbose_name='key account segment')),
            ],
            options={
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='segment_code')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('parent', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.territory', verbose_name='part of')),
                ('level', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, editable=False, size=None)),
            ],
            options={
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'parent'], name='territory_parent')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='territory_code')],
            },
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('code', models.CharField(max_length=64, verbose_name='code')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_key', models.CharField(blank=True, editable=False, max_length=200)),
                ('legal_id', models.CharField(blank=True, max_length=40, verbose_name='legal id')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('segment', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.segment', verbose_name='segment')),
                ('territory', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.territory', verbose_name='territory')),
                ('since', models.DateField(blank=True, null=True, verbose_name='customer since')),
                ('phone', models.CharField(blank=True, db_default='', default='', max_length=32, verbose_name='phone')),
                ('email', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='e-mail')),
                ('address', models.CharField(blank=True, db_default='', default='', max_length=300, verbose_name='postal address')),
                ('bank_account', models.CharField(blank=True, db_default='', default='', max_length=34, verbose_name='bank account')),
                ('merged_into', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.customer')),
            ],
            options={
                'ordering': ['code'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'search_key'], name='customer_search'), models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['operator', 'merged_into'], name='customer_merged')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'code'), name='customer_code'), models.UniqueConstraint(condition=models.Q(('legal_id', ''), _negated=True), fields=('operator', 'country', 'legal_id'), name='customer_legal_id')],
            },
        ),
    ]
