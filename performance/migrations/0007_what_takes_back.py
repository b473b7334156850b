from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("performance", "0006_lighter_keys")]

    operations = [
        migrations.AddIndex(
            model_name="credit",
            index=models.Index(
                condition=models.Q(("reverses", ""), _negated=True),
                fields=["operator", "source", "reverses"],
                name="credit_reverses",
            ),
        ),
    ]
