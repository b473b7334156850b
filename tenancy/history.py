"""One schema per layer: how a database that was brought up step by step takes the migrations that stand for those steps.

The steps of the first months rendered all models anew for each of 600 changes: a minute and more at every first start. The
migrations named here make the same schema at once. A database that has all steps keeps its rows and is told so.
"""

from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

#: The last step of each app.
LAST = {
    "tenancy": "0002_membership_index",
    "workflow": "0002_mails",
    "catalog": "0006_where_customers_are",
    "partners": "0061_address",
    "performance": "0007_what_takes_back",
    "programs": "0046_contact_requests_are_leads",
    "marketing": "0002_contact_requests",
    "deals": "0022_leads",
    "incentives": "0052_benefit_use",
}
#: What stands for the steps.
WHOLE = {
    "tenancy": ("0001_operators", "0002_members"),
    "workflow": ("0001_settings", "0002_messages"),
    "catalog": ("0001_catalogue",),
    "partners": ("0001_partners", "0002_people_and_contracts", "0003_contracts_stay"),
    "performance": ("0001_feed_and_kpis", "0002_feed_guards"),
    "programs": ("0001_programmes", "0002_courses_stay"),
    "marketing": ("0001_leads",),
    "deals": ("0001_deals",),
    "incentives": ("0001_incentives", "0002_versions_stay", "0003_ledger_guards", "0004_pay_guards"),
}


class Unfinished(Exception):
    """Some steps were never taken here, and only an earlier version of the product knows them."""


def adopt(alias: str) -> bool:
    """Replace the record of the steps by that of the migrations that stand for them; returns whether there was one.

    Raises ``Unfinished`` for a database on its way.
    """
    recorder = MigrationRecorder(connections[alias])
    applied = set(recorder.applied_migrations())
    steps = {(app, name) for app, name in applied if app in LAST and name not in WHOLE[app]}
    stood = {(app, name) for app, names in WHOLE.items() for name in names}
    if not steps or stood & applied:
        return False
    if not steps >= set(LAST.items()):
        raise Unfinished
    with transaction.atomic(using=alias):
        for app, name in sorted(steps):
            recorder.record_unapplied(app, name)
        for app, name in sorted(stood):
            recorder.record_applied(app, name)
    return True
