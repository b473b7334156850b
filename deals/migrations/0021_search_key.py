from django.db import migrations, models

from common.text import search_key

FIELDS = ("ref", "customer_name", "legal_id", "customer_number", "domain")


def fill(apps, schema_editor):
    """What was registered before is found by every spelling too."""
    deals = apps.get_model("deals", "Deal")._base_manager.using(schema_editor.connection.alias)
    for deal in deals.only("pk", *FIELDS).iterator(chunk_size=2000):
        key = search_key(" ".join(getattr(deal, name) for name in FIELDS))[:700]
        deals.filter(pk=deal.pk).update(search_key=key)


class Migration(migrations.Migration):

    dependencies = [
        ('deals', '0020_draft_key'),
    ]

    operations = [
        migrations.AddField(
            model_name='deal',
            name='search_key',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=700),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
