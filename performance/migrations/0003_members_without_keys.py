import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.context


class Migration(migrations.Migration):
    dependencies = [("performance", "0002_feed_checks"), ("tenancy", "0001_initial")]

    operations = [
        migrations.AlterModelOptions(
            name="kpi", options={"base_manager_name": "objects", "ordering": ["code"]}
        ),
        migrations.AddConstraint(
            model_name="kpi",
            constraint=models.UniqueConstraint(fields=("operator", "code"), name="kpi_code"),
        ),
        migrations.RunSQL(
            """
            drop function if exists performance_member_references() cascade;
            drop function if exists performance_member_fixed() cascade;
            """,
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel(name="Member"),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kpi_id", models.BigIntegerField()),
                ("partner_id", models.BigIntegerField()),
                ("rep_id", models.BigIntegerField(default=0)),
                ("customer_id", models.BigIntegerField()),
                ("period", models.CharField(db_collation="C", max_length=16)),
                ("family_id", models.BigIntegerField(default=0)),
                ("n", models.IntegerField(default=0)),
                (
                    "operator",
                    tenancy.base.OperatorKey(
                        db_index=False,
                        default=tenancy.context.active_operator_id,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.operator",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=(
                            "operator",
                            "kpi_id",
                            "partner_id",
                            "rep_id",
                            "customer_id",
                            "period",
                            "family_id",
                        ),
                        name="member_once",
                    )
                ],
            },
        ),
        # Members are updated far more often than they are added: room on each page keeps updates out of the indexes.
        migrations.RunSQL(
            "alter table performance_member set (fillfactor = 85);"
            " alter table performance_measurement set (fillfactor = 70)",
            "alter table performance_measurement reset (fillfactor)",
        ),
    ]
