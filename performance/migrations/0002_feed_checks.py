import django.contrib.postgres.fields
from django.db import migrations, models

# References of credits and members are checked per statement: six keys per row cost more than the rows themselves.
# Few rows take a cached plan of index look-ups; many are planned anew, as hash joins.
REFERENCES = {
    "performance_credit": {
        "partner_id": "partners_partner",
        "rep_id": "partners_rep",
        "product_id": "catalog_product",
        "customer_id": "catalog_customer",
        "segment_id": "catalog_segment",
        "territory_id": "catalog_territory",
    },
    "performance_member": {
        "kpi_id": "performance_kpi",
        "partner_id": "partners_partner",
        "rep_id": "partners_rep",
        "customer_id": "catalog_customer",
        "family_id": "catalog_family",
    },
}


def astray(references):
    """A query that finds a row pointing outside its operator."""
    return " union all ".join(
        f"(select 1 from (select distinct operator_id, {column} from incoming where {column} is not null) n"
        f" left join {target} t on t.operator_id = n.operator_id and t.id = n.{column} where t.id is null limit 1)"
        for column, target in references.items()
    )


def check(table, references):
    query = astray(references)
    columns = ", ".join(["operator_id", *references])
    return f"""
create function {table}_references() returns trigger language plpgsql as $$
declare astray boolean;
begin
  if (select count(*) from (select 1 from incoming limit 101) few) <= 100 then
    astray := exists ({query});
  else
    execute $query$select exists ({query})$query$ into astray;
  end if;
  if astray then
    raise exception 'a row of {table} refers to something outside its operator' using errcode = '23503';
  end if;
  return null;
end $$;
create trigger {table}_references after insert on {table}
  referencing new table as incoming for each statement execute function {table}_references();
create function {table}_fixed() returns trigger language plpgsql as $$
begin
  raise exception 'rows of {table} keep what they refer to' using errcode = '23514';
end $$;
create trigger {table}_fixed before update of {columns} on {table}
  for each row execute function {table}_fixed();
"""


APPEND_ONLY = """
create function performance_credit_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'credits are append-only' using errcode = '23514';
end $$;
create trigger performance_credit_append_only before update or delete on performance_credit
  for each statement execute function performance_credit_append_only();
"""
UNDO = """
drop trigger performance_credit_append_only on performance_credit;
drop function performance_credit_append_only();
""" + "".join(
    f"drop trigger {table}_{name} on {table}; drop function {table}_{name}();"
    for table in REFERENCES
    for name in ("references", "fixed")
)


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="unresolvedline",
            name="waits_for",
            field=models.CharField(blank=True, default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="unresolvedline",
            name="missing",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=140), size=None),
        ),
        migrations.AddIndex(
            model_name="unresolvedline",
            index=models.Index(
                condition=models.Q(("waits_for", ""), _negated=True),
                fields=["operator", "source", "waits_for"],
                name="unresolved_waits",
            ),
        ),
        migrations.RunSQL(
            "".join(check(table, references) for table, references in REFERENCES.items()) + APPEND_ONLY, UNDO
        ),
    ]
