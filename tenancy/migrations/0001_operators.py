import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import tenancy.base
import tenancy.context
import tenancy.models.operator
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Operator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')])),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('names', models.JSONField(blank=True, default=dict, verbose_name='names in other languages')),
                ('custom_domain', models.CharField(blank=True, max_length=253, null=True, unique=True, verbose_name='custom domain')),
                ('brand_colour', models.CharField(default='#2f5fd0', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='brand colour')),
                ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('en', 'English'), ('fa', 'فارسی'), ('ar', 'العربية')], max_length=2), default=tenancy.models.operator.default_languages, size=None, verbose_name='languages')),
                ('calendar', models.CharField(choices=[('gregorian', 'Gregorian'), ('jalali', 'Jalali'), ('hijri', 'Hijri (Umm al-Qura)')], default='gregorian', max_length=10, verbose_name='calendar')),
                ('fiscal_start_month', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='first month of the fiscal year')),
                ('currency', models.CharField(default='USD', max_length=3, verbose_name='currency')),
                ('show_toman', models.BooleanField(default=False, verbose_name='show rial amounts in toman')),
                ('time_zone', models.CharField(default='UTC', max_length=40, verbose_name='time zone')),
                ('weekend', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None, verbose_name='week-end')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['slug'],
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('fa', 'فارسی'), ('ar', 'العربية')], max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='person_email_ci')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='OutboxEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('operator', tenancy.base.OperatorKey(db_index=False, default=tenancy.context.active_operator_id, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.operator')),
                ('topic', models.CharField(max_length=60)),
                ('payload', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField(auto_now_add=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('last_error', models.TextField(blank=True)),
                ('dead', models.BooleanField(default=False)),
            ],
            options={
                'abstract': False,
                'base_manager_name': 'objects',
                'indexes': [models.Index(condition=models.Q(('dead', False)), fields=['operator', 'due_at', 'id'], name='outbox_due')],
                'constraints': [],
            },
        ),
    ]
