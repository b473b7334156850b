"""``index_customers --operator aw``: make the keys anew by which customers are found; customers and keys as JSON."""

import json
from typing import Any

from catalog.models import Customer
from deals.matching.lookup import index_customers
from tenancy.actors import Actor
from tenancy.commands import TenantCommand

_AT_ONCE = 5000


class Command(TenantCommand):
    help = "Makes the keys anew by which customers are found"

    def run(self, actor: Actor, **options: Any) -> None:
        last, done = 0, 0
        while True:
            customers = list(Customer.objects.filter(pk__gt=last).order_by("pk")[:_AT_ONCE])
            if not customers:
                break
            index_customers(customers)
            last, done = customers[-1].pk, done + len(customers)
        print(json.dumps({"customers": done}))
