import django.contrib.postgres.fields
import django.db.models.deletion
import tenancy.base
import tenancy.context
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0001_partners'),
        ('tenancy', '0001_operators'),
    ]

    operations = [
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('person', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                ('partner', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='partners.partner')),
                ('role', models.CharField(choices=[('partner_owner', 'Partner owner'), ('partner_seller', 'Partner seller'), ('partner_technician', 'Partner technician'), ('partner_finance', 'Partner finance'), ('pam', 'Partner account manager'), ('programme_manager', 'Programme manager'), ('channel_finance', 'Channel finance'), ('support_agent', 'Support agent'), ('direct_seller', 'Direct seller'), ('executive', 'Executive')], max_length=20, verbose_name='role')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_seen_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'partner'], name='membership_partner'), models.Index(fields=['operator', 'person'], name='membership_person')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'person', 'partner', 'role'), name='membership_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('partner__isnull', False), ('role__startswith', 'partner_')), models.Q(models.Q(('role__startswith', 'partner_'), _negated=True), ('partner__isnull', True)), _connector='OR'), name='membership_partner_role')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('partner_owner', 'Partner owner'), ('partner_seller', 'Partner seller'), ('partner_technician', 'Partner technician'), ('partner_finance', 'Partner finance'), ('pam', 'Partner account manager'), ('programme_manager', 'Programme manager'), ('channel_finance', 'Channel finance'), ('support_agent', 'Support agent'), ('direct_seller', 'Direct seller'), ('executive', 'Executive')], max_length=20, verbose_name='role')),
                ('partner', tenancy.base.TenantForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='invitations', to='partners.partner')),
                ('language', models.CharField(choices=[('en', 'English'), ('fa', 'فارسی'), ('ar', 'العربية')], default='en', max_length=2, verbose_name='language')),
                ('token_hash', models.CharField(max_length=64)),
                ('invited_by', models.CharField(max_length=120)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'partner'], name='invitation_partner')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'token_hash'), name='invitation_token')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tokens', to='tenancy.membership')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('prefix', models.CharField(max_length=12)),
                ('token_hash', models.CharField(max_length=64)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, verbose_name='scopes')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'membership'], name='api_token_membership')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'token_hash'), name='api_token_hash')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('actor', models.CharField(max_length=200)),
                ('partner', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
                ('action', models.CharField(max_length=60)),
                ('object_type', models.CharField(max_length=60)),
                ('object_ref', models.CharField(max_length=120)),
                ('changes', models.JSONField(default=dict)),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'object_type', 'object_ref', '-id'], name='audit_object'), models.Index(fields=['operator', '-id'], name='audit_newest')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('key', models.CharField(max_length=200)),
                ('request_hash', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('response', models.JSONField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'membership', 'key'), name='idempotency_key')],
                'indexes': [],
            },
        ),
    ]
