from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_contacts_and_merging")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="address",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=300, verbose_name="postal address"
            ),
        ),
        migrations.AddField(
            model_name="customer",
            name="bank_account",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=34, verbose_name="bank account"
            ),
        ),
    ]
