from importlib import import_module

import django.db.models.deletion
from django.db import migrations

import tenancy.base

check = import_module("performance.migrations.0002_feed_checks").check

REFERENCES = {"kpi_id": "performance_kpi", "partner_id": "partners_partner", "rep_id": "partners_rep"}
# Django also writes unchanged references back.
REALLY_CHANGED = """
create or replace trigger performance_measurement_fixed
  before update of operator_id, kpi_id, partner_id, rep_id on performance_measurement for each row
  when ((old.operator_id, old.kpi_id, old.partner_id, old.rep_id)
    is distinct from (new.operator_id, new.kpi_id, new.partner_id, new.rep_id))
  execute function performance_measurement_fixed();
"""


class Migration(migrations.Migration):
    """A batch adds thousands of measurements: their references are checked per statement, as those of credits are."""

    dependencies = [("performance", "0003_members_without_keys"), ("partners", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="measurement",
            name="kpi",
            field=tenancy.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                keyed=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="measurements",
                to="performance.kpi",
            ),
        ),
        migrations.AlterField(
            model_name="measurement",
            name="partner",
            field=tenancy.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                keyed=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.partner",
            ),
        ),
        migrations.AlterField(
            model_name="measurement",
            name="rep",
            field=tenancy.base.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                keyed=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="partners.rep",
            ),
        ),
        migrations.RunSQL(
            "".join(
                f"alter table performance_measurement drop constraint if exists performance_measurement_{column}_tfk;"
                for column in REFERENCES
            )
            + check("performance_measurement", REFERENCES)
            + REALLY_CHANGED,
            "".join(
                f"drop trigger performance_measurement_{name} on performance_measurement;"
                f" drop function performance_measurement_{name}();"
                for name in ("references", "fixed")
            ),
        ),
    ]
