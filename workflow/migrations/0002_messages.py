import django.db.models.deletion
import django.db.models.functions.datetime
import tenancy.base
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0001_partners'),
        ('tenancy', '0001_operators'),
        ('tenancy', '0002_members'),
        ('workflow', '0001_settings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
                ('partner', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
                ('source', models.CharField(max_length=30)),
                ('target', models.CharField(max_length=30)),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('actor', models.CharField(max_length=200)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('reason', models.CharField(blank=True, max_length=60)),
                ('text', models.TextField(blank=True)),
                ('internal', models.BooleanField(default=False)),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'object_type', 'object_id', 'id'], name='transition_object')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
                ('partner', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('author', models.CharField(max_length=200)),
                ('by_partner', models.BooleanField(default=False)),
                ('text', models.TextField(verbose_name='message')),
                ('internal', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'object_type', 'object_id', 'id'], name='message_object')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='file')),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('stored_path', models.CharField(max_length=200)),
                ('partner', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('author', models.CharField(max_length=200)),
                ('purpose', models.CharField(blank=True, max_length=40)),
                ('internal', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'ordering': ['id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'object_type', 'object_id', 'id'], name='attachment_object')],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('object_type', models.CharField(max_length=60)),
                ('object_id', models.BigIntegerField()),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('kind', models.CharField(max_length=60)),
                ('urgency', models.CharField(choices=[('info', 'For information'), ('action', 'Something to do'), ('money', 'Money'), ('security', 'Security')], default='info', max_length=10)),
                ('params', models.JSONField(default=dict)),
                ('path', models.CharField(blank=True, max_length=300)),
                ('key', models.CharField(blank=True, max_length=60)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('read_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('mail_state', models.CharField(choices=[('queued', 'Waiting'), ('sent', 'Sent'), ('none', 'Not by mail'), ('dead', 'Given up')], default='queued', max_length=8)),
                ('mail_due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('mail_attempts', models.PositiveSmallIntegerField(default=0)),
                ('digest', models.BooleanField(default=False)),
                ('mailed_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(fields=['operator', 'membership', '-id'], name='notification_member'), models.Index(condition=models.Q(('done_at', None), ('read_at', None)), fields=['operator', 'membership'], name='notification_unread'), models.Index(condition=models.Q(('mail_state', 'queued')), fields=['operator', 'mail_due_at'], name='notification_mail'), models.Index(condition=models.Q(('mailed_at__isnull', False)), fields=['operator', 'membership', 'mailed_at'], name='notification_mailed')],
                'constraints': [models.UniqueConstraint(fields=('operator', 'kind', 'object_type', 'object_id', 'membership', 'key'), name='notification_once')],
            },
        ),
        migrations.CreateModel(
            name='Undelivered',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('notification', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflow.notification')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('kind', models.CharField(max_length=60)),
                ('urgency', models.CharField(choices=[('info', 'For information'), ('action', 'Something to do'), ('money', 'Money'), ('security', 'Security')], max_length=10)),
                ('error', models.CharField(max_length=500)),
                ('attempts', models.PositiveSmallIntegerField()),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('again_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['-id'],
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'notification'), name='undelivered_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('membership', tenancy.base.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.membership')),
                ('urgency', models.CharField(choices=[('info', 'For information'), ('action', 'Something to do'), ('money', 'Money'), ('security', 'Security')], max_length=10)),
                ('mail', models.BooleanField(default=True)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'constraints': [models.UniqueConstraint(fields=('operator', 'membership', 'urgency'), name='preference_once')],
                'indexes': [],
            },
        ),
    ]
