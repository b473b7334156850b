"""A company that applies, as its link sees it and as the operator's people do."""

from typing import Any

from partners.applications import applying, review
from partners.applications.links import secret_of
from partners.models import Application, Criterion
from tenancy.outbox import deliver
from tests.kit.world import Tenant
from workflow.timers import fire_due

#: A legal id of Iran whose digits check.
LEGAL_ID = "14007650912"
FIELDS: dict[str, Any] = {
    "company_name": "Novin Network Ltd",
    "legal_id": "AE-7001",
    "country": "AE",
    "city": "Dubai",
    "website": "https://novin.ae",
    "phone": "+971 4 123 4567",
    "contact_name": "Sara N.",
    "contact_email": "sara@novin.ae",
    "roles": ["reseller", "msp"],
    "layers": ["cloud"],
    "technicians": "4",
    "sellers": "2",
    "customers": "60",
    "founded": "2015",
}


def deliver_all(tenant: Tenant) -> None:
    """Let the worker do what is due."""
    for _ in range(6):
        with tenant.scope():
            if not deliver(tenant.system):
                break


def tick(tenant: Tenant, now: Any) -> int:
    with tenant.scope():
        return fire_due(tenant.system, now=now)


def drafted(tenant: Tenant, **fields: Any) -> str:
    """A draft; returns the secret of its link, which the mail would carry."""
    applying.create_draft(tenant.operator, language="en", fields=FIELDS | fields)
    deliver_all(tenant)
    return secret_of(newest(tenant).link_nonce)


def applied(tenant: Tenant, **fields: Any) -> tuple[str, str]:
    """An application that was sent and screened: its number and the secret of its link."""
    secret = drafted(tenant, **fields)
    applying.submit(tenant.operator, secret)
    deliver_all(tenant)
    return newest(tenant).number, secret


def newest(tenant: Tenant) -> Application:
    with tenant.scope():
        found: Application = Application.objects.latest("pk")
        return found


def scored(tenant: Tenant, number: str, who: str = "pam", value: int = 70) -> None:
    with tenant.scope(who):
        given = dict.fromkeys(Criterion.objects.values_list("code", flat=True), value)
        review.score_application(tenant.actors[who], number=number, scores=given)


def step(tenant: Tenant, who: str, service: Any, **given: Any) -> Any:
    with tenant.scope(who):
        return service(tenant.actors[who], **given)
