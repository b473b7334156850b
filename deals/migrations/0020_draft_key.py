from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0005_contacts_and_merging'),
        ('deals', '0014_external_id'),
        ('partners', '0004_reps_without_company'),
        ('tenancy', '0002_membership_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='deal',
            name='draft_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=40),
        ),
        migrations.AddConstraint(
            model_name='deal',
            constraint=models.UniqueConstraint(condition=models.Q(('draft_key', ''), _negated=True), fields=('operator', 'partner', 'draft_key'), name='deal_draft_key'),
        ),
    ]
