"""A small channel for tests of homes and rewards: products, KPIs, two schemes, and sales that run through the whole engine."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings

from catalog.models import Customer, Family, Product
from incentives.enums import Payee
from incentives.services import SchemeData, VersionData, create_scheme, publish_version
from incentives.standing import clock_of
from partners.models import Rep
from performance.counting.service import count_pending
from performance.feed.intake import receive_lines
from performance.feed.lines import Receipt
from performance.services import create_kpi
from performance.tasks import deliver_events
from tests.kit.world import Tenant

VOLUME = "volume: sales * band(sales, [0 -> 1%, 10k -> 2%, 50k -> 3%])"
FAST = 'security: if(layer = "security", amount * 1.5%, amount * 0%)'


def open_channel(tenant: Tenant) -> None:
    """Two families with a product each, a customer, a rep per partner, two KPIs, a rebate and a SPIFF."""
    with tenant.scope():
        for layer in ("cloud", "security"):
            family = Family.objects.create(code=layer, name=layer.title(), layer=layer)
            Product.objects.create(code=f"{layer}-1", name=f"{layer.title()} one", family=family)
        Customer.objects.create(code="c1", name="Customer One", since=date(2020, 1, 1))
        for code in ("p1", "p2"):
            seller = tenant.actors[f"partner_seller@{code}"].membership_id
            Rep.objects.create(
                code=f"{code}-r", name=f"Rep {code}", partner=tenant.partners[code], membership_id=seller
            )
            Rep.objects.create(code=f"{code}-x", name=f"Other {code}", partner=tenant.partners[code])
        create_kpi(
            tenant.system, code="sales", name="Sales", measure="sum_amount", filters={"kinds": ["sale"]}
        )
        create_kpi(tenant.system, code="rep_sales", name="Own sales", measure="sum_amount", beneficiary="rep")
        create_kpi(tenant.system, code="customers", name="Customers", measure="distinct_customers")
    run(tenant)
    with tenant.scope():
        start = clock_of(tenant.operator).running["year"].previous().start
        _scheme(tenant, start, VOLUME, code="volume", name="Volume rebate")
        _scheme(
            tenant,
            start,
            FAST,
            code="fast",
            name="Security SPIFF",
            kind="spiff",
            payee=Payee.REP,
            period="month",
        )
    run(tenant)


def _scheme(tenant: Tenant, start: date, formula: str, **scheme: Any) -> None:
    version = VersionData(formula=formula, starts=start)
    draft = create_scheme(tenant.system, scheme=SchemeData(**scheme), version=version)
    publish_version(tenant.system, version_id=draft.pk)


def today(tenant: Tenant) -> date:
    return clock_of(tenant.operator).today


def sell(tenant: Tenant, reference: str, amount: str, partner: str = "p1", **fields: Any) -> Receipt:
    """One line of today, counted and accrued."""
    return sell_many(tenant, [line(tenant, reference, amount, partner, **fields)])


def line(tenant: Tenant, reference: str, amount: str, partner: str = "p1", **fields: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "source": "erp",
        "external_id": reference,
        "kind": "sale",
        "occurred_at": today(tenant).isoformat(),
        "partner": partner,
        "rep": f"{partner}-r",
        "product": "security-1",
        "customer": "c1",
        "quantity": "1",
        "amount": amount,
    }
    return given | fields


def sell_many(tenant: Tenant, lines: list[dict[str, Any]]) -> Receipt:
    with tenant.scope():
        receipt = receive_lines(tenant.system, lines, channel="api")
    run(tenant)
    return receipt


def run(tenant: Tenant) -> None:
    """Count everything that waits and deliver what that caused."""
    for lane in range(settings.FEED_LANES):
        count_pending(tenant.system, lane)
    deliver_events(tenant.system)


def last_quarter(tenant: Tenant) -> date:
    return clock_of(tenant.operator).running["quarter"].start - timedelta(days=1)


def running_quarter(tenant: Tenant) -> str:
    return clock_of(tenant.operator).running["quarter"].code


def line_total(amount: str, lines: int) -> Decimal:
    return Decimal(amount) * lines
