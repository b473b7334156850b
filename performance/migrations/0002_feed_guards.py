"""What the database itself refuses of the feed, and room on the pages of what counting moves again and again."""

from django.db import migrations

# References of credits and measurements are checked per statement: six keys per row cost more than the rows themselves.
# Few rows take a cached plan of index look-ups; many are planned anew, as hash joins.
CREDIT = {
    "partner_id": "partners_partner",
    "rep_id": "partners_rep",
    "product_id": "catalog_product",
    "customer_id": "catalog_customer",
    "segment_id": "catalog_segment",
    "territory_id": "catalog_territory",
}
MEASUREMENT = {"kpi_id": "performance_kpi", "partner_id": "partners_partner", "rep_id": "partners_rep"}


def astray(references):
    """A query that finds a row pointing outside its operator."""
    return " union all ".join(
        f"(select 1 from (select distinct operator_id, {column} from incoming where {column} is not null) n"
        f" left join {target} t on t.operator_id = n.operator_id and t.id = n.{column} where t.id is null limit 1)"
        for column, target in references.items()
    )


def check(table, references):
    query = astray(references)
    columns = ["operator_id", *references]
    old, new = (", ".join(f"{row}.{column}" for column in columns) for row in ("old", "new"))
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
-- Django also writes unchanged references back.
create trigger {table}_fixed before update of {", ".join(columns)} on {table}
  for each row when (({old}) is distinct from ({new})) execute function {table}_fixed();
"""


def uncheck(table):
    return "".join(
        f"drop trigger {table}_{name} on {table}; drop function {table}_{name}();" for name in ("references", "fixed")
    )


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
"""
# Counting moves the same rows again and again. With room on their page they stay there, and no index has to learn of it.
ROOM = {"performance_measurement": 50, "performance_member": 80, "performance_laneclock": 50}
# Who left is looked up for each waiting line: an index over the few rows that say so.
CHURN = "create index credit_churn on performance_credit (operator_id, customer_id, day) where kind = 'churn'"


class Migration(migrations.Migration):
    dependencies = [("performance", "0001_feed_and_kpis")]
    operations = [
        migrations.RunSQL(
            check("performance_credit", CREDIT) + check("performance_measurement", MEASUREMENT),
            uncheck("performance_credit") + uncheck("performance_measurement"),
        ),
        migrations.RunSQL(APPEND_ONLY, UNDO),
        migrations.RunSQL(
            [f"alter table {table} set (fillfactor = {share})" for table, share in ROOM.items()],
            [f"alter table {table} reset (fillfactor)" for table in ROOM],
        ),
        migrations.RunSQL(CHURN, "drop index credit_churn"),
    ]
