"""Who left is looked up for each waiting line: an index over the few rows that say so."""

from django.db import migrations

INDEX = """
create index credit_churn on performance_credit (operator_id, customer_id, day) where kind = 'churn'
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incentives", "0020_every_kind"),
        ("performance", "0004_measurements_checked_at_once"),
    ]
    operations = [migrations.RunSQL(INDEX, "drop index credit_churn")]
