from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0043_published_contracts_stay")]

    operations = [
        migrations.AddField(
            model_name="partner",
            name="address",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="postal address"
            ),
        ),
    ]
