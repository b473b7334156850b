"""AdventureWorks' resellers, tiered by their sales of the trailing twelve months."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from partners.models import Partner
from performance.counting.service import count_pending
from performance.feed.selectors import pending_lanes
from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.enrolling import enrol
from programs.models import Enrolment, Evidence, Programme
from programs.programmes import add_tier, create_programme
from programs.requirements.editing import add_requirement
from programs.standing.evaluating import evaluate_programme
from tenancy.access import working_for
from tests.kit.adventureworks import LINES, needs_data, rows
from tests.performance.test_adventureworks import bring_in

pytestmark = [needs_data, pytest.mark.django_db]
DAY = date(2013, 11, 30)
TIERS = {"silver": 20_000, "gold": 80_000, "platinum": 250_000}


def trailing() -> dict[str, Decimal]:
    """Sales of each reseller from December 2012 to November 2013."""
    found: dict[str, Decimal] = {}
    for line in rows(LINES.name):
        if "2012-12" <= line["OrderDate"][:7] <= "2013-11":
            key = line["ResellerKey"]
            found[key] = found.get(key, Decimal(0)) + Decimal(line["SalesAmount"])
    return found


def test_every_reseller_stands_where_its_sales_put_it(tmp_path: Path) -> None:
    bring_in(tmp_path, "command")
    with working_for("aw") as actor:
        create_kpi(actor, code="sales", name="Sales", measure="sum_amount", period="month")
        while count_pending(actor, *pending_lanes()).lines:
            continue
        deliver_events(actor)  # The new KPI is counted over what was there before.
        create_programme(actor, code="resellers", name="Resellers")
        for code, least in {"registered": 0, **TIERS}.items():
            tier = add_tier(actor, programme="resellers", code=code, name=code.title())
            if least:
                add_requirement(actor, tier_id=tier.pk, asks="kpi", kpi="sales", threshold=Decimal(least))
        ids = list(Partner.objects.values_list("pk", flat=True))
        assert enrol(actor, programme="resellers", partner_ids=ids, evaluate=False) == len(ids)
        evaluate_programme(actor, Programme.objects.get(), day=DAY)
        sold = trailing()
        assert sold
        found = dict(Enrolment.objects.values_list("partner__code", "tier__code"))
        assert found == {code: tier_of(sold.get(code, Decimal(0))) for code in found}
        assert len(found) == len(ids)
        assert set(Counter(found.values())) == {"registered", *TIERS}
        top = Evidence.objects.filter(requirement__tier__code="platinum").select_related("partner")
        assert {row.partner.code: row.measured for row in top} == {
            code: sold.get(code, Decimal(0)) for code in found
        }
        assert dict(Partner.objects.values_list("code", "tier")) == found


def tier_of(sales: Decimal) -> str:
    return max(
        ((least, code) for code, least in {"registered": 0, **TIERS}.items() if sales >= least),
        default=(0, "registered"),
    )[1]
