from django.db import migrations, models

from programs.enums import BenefitKind


class Migration(migrations.Migration):
    dependencies = [("incentives", "0049_hold_reasons")]

    operations = [
        migrations.AddField(
            model_name="schemeversion",
            name="benefit",
            field=models.CharField(
                blank=True,
                choices=BenefitKind.choices,
                db_default="",
                default="",
                max_length=16,
                verbose_name="benefit",
            ),
        ),
    ]
