"""By what the operator's customers are found when somebody names one."""

from django.db import models

from catalog.models import Customer
from tenancy.base import TenantForeignKey, TenantModel
from tenancy.walls.spec import ALL, Walls


class CustomerKey(TenantModel):
    """One hash of a catalog customer (see ``catalog.matching.keys``); some ten per name. Says nothing readable."""

    walls = Walls(pam=ALL)
    key = models.BigIntegerField()
    customer = TenantForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operator", "key", "customer"], name="customerkey_once")
        ]
        indexes = [models.Index(fields=["operator", "customer"], name="customerkey_customer")]
