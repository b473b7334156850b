from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("programs", "0042_course_files")]

    operations = [
        migrations.AddField(
            model_name="expertbalance",
            name="earned",
            field=models.DecimalField(db_default=0, decimal_places=2, default=0, max_digits=8),
        ),
        migrations.RemoveConstraint(model_name="expertbalance", name="expertbalance_never_below_zero"),
        migrations.AddConstraint(
            model_name="expertbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(booked__gte=0)
                & models.Q(used__gte=0)
                & models.Q(granted__gte=models.F("booked") + models.F("used") - models.F("earned")),
                name="expertbalance_never_below_zero",
            ),
        ),
    ]
