"""Benefits that schemes grant: to the piece what the accruals say, and honoured like those of tiers."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.errors import InputError, Invalid
from incentives.grants import grants
from incentives.handlers import measurements_changed
from incentives.models import Accrual, SchemeVersion
from incentives.services import SchemeData, VersionData, create_scheme
from partners.models import Partner
from performance.models import Credit
from programs.benefits import benefit_of, save_benefit
from programs.expertdays import balance_of, book_days, left_of
from tests.api.kit import caller
from tests.incentives.test_accruals import credit
from tests.incentives.test_kinds import at, published, taken_back
from tests.kit.world import Tenant
from tests.programs.kit import join, night, programme, tier

TODAY = timezone.now().date()
CERTIFIED: dict[str, Any] = {"eligibility": {"kinds": ["certificate"]}}


def count(tenant: Tenant, *credits: Credit) -> None:
    """As the worker does when credits were counted."""
    measurements_changed(tenant.system, {"credit_ids": [each.pk for each in credits]})


def certificate(tenant: Tenant, ref: str, day: date = TODAY, hour: int = 0, **fields: Any) -> Credit:
    return credit(tenant, ref, "0", kind="certificate", **at(day, hour), **fields)


@pytest.mark.parametrize(
    ("terms", "pieces"),
    [
        ({}, [2, 2, 2]),
        ({"cap": Decimal(5)}, [2, 2, 1]),
        ({"budget": Decimal(3), "at_ceiling": "stop"}, [2, 1]),
        ({"budget": Decimal(3), "at_ceiling": "pro_rata"}, [1, 1, 1]),
    ],
)
def test_grants_are_what_cap_and_budget_leave(
    inside: Tenant, terms: dict[str, Any], pieces: list[int]
) -> None:
    published(inside, "seats", "benefit", "2", period="year", **CERTIFIED, **terms)
    count(inside, *(certificate(inside, f"c{hour}", hour=hour) for hour in range(3)))
    found = sorted((grant.quantity for grant in grants(inside.system)), reverse=True)
    assert found == pieces
    assert sum(found) == sum(row.amount for row in Accrual.objects.all())


def test_expert_days_come_on_top_of_the_tier(inside: Tenant) -> None:
    programme(inside, "silver")
    save_benefit(inside.system, tier_id=tier("silver").pk, kind="expert_days", value=Decimal(3))
    join(inside, "p1")
    night(inside, TODAY)
    published(inside, "days", "benefit", "2", benefit="expert_days", **CERTIFIED)
    one, two = certificate(inside, "a"), certificate(inside, "b", partner=inside.partners["p2"])
    count(inside, one, two)

    def left(code: str) -> Decimal:
        row = balance_of(inside.system, inside.partners[code])
        assert row is not None
        return left_of(row)

    assert [left("p1"), left("p2")] == [5, 2]
    assert [benefit_of(inside.partners[code], "expert_days").value for code in ("p1", "p2")] == [5, 2]  # type: ignore[union-attr]
    night(inside, TODAY)
    assert left("p1") == 5
    pam = inside.actors["pam"]
    days: dict[str, Any] = {"partner": inside.partners["p1"], "day": TODAY, "topic": "Design"}
    with pytest.raises(Invalid):
        book_days(pam, days=Decimal("5.5"), **days)
    book_days(pam, days=Decimal(4), **days)
    count(
        inside,
        taken_back(inside, "ra", "a", "0", **at(TODAY)),
        taken_back(inside, "rb", "b", "0", partner=inside.partners["p2"], **at(TODAY)),
    )
    # What was booked stays booked; what was not is gone.
    assert [left("p1"), left("p2")] == [0, 0]


def test_the_better_of_tier_and_grant_counts_while_it_is_valid(inside: Tenant) -> None:
    programme(inside, "silver")
    save_benefit(inside.system, tier_id=tier("silver").pk, kind="protection_days", value=Decimal(100))
    join(inside, "p1", "p2")
    published(inside, "more", "benefit", "120", benefit="protection_days", valid_days=30, **CERTIFIED)
    published(inside, "list", "benefit", "1", benefit="directory", **CERTIFIED)
    old = certificate(inside, "old", TODAY - timedelta(days=31), partner=inside.partners["p2"])
    count(inside, certificate(inside, "a", TODAY - timedelta(days=30)), old)
    values: dict[str, Any] = {}
    for code in ("p1", "p2"):
        found = benefit_of(inside.partners[code], "protection_days")
        assert found is not None
        values[code] = (found.value, found.tier.code if found.tier else None, found.until)
    assert values == {"p1": (120, None, TODAY), "p2": (100, "silver", None)}
    listed = benefit_of(inside.partners["p1"], "directory")
    assert listed is not None
    assert (listed.value, listed.text) == (None, "List")
    Partner.objects.filter(code="p1").update(state="suspended")
    assert benefit_of(inside.partners["p1"], "directory") is None


@pytest.mark.parametrize(("kind", "benefit"), [("points", "event_seats"), ("benefit", "sla_factor")])
def test_only_benefits_that_have_pieces(inside: Tenant, kind: str, benefit: str) -> None:
    with pytest.raises(InputError) as caught:
        create_scheme(
            inside.system,
            scheme=SchemeData(code="s", name="S", kind=kind),
            version=VersionData(formula="1", starts=TODAY, benefit=benefit),
        )
    assert caught.value.field == "benefit"


def test_it_is_chosen_in_the_form_and_told_by_the_api(alpha: Tenant) -> None:
    client = alpha.client("programme_manager")
    form = {
        "code": "days",
        "name_en": "Days",
        "kind": "benefit",
        "payee": "partner",
        "period": "year",
        "starts": "2013-01-01",
        "rounding": "half_even",
        "mode": "expert",
        "formula": "1",
        "benefit": "expert_days",
        "only_kinds": ["certificate"],
    }
    assert client.post("/schemes/new/", form).status_code == 302
    assert client.post("/schemes/days/publish/").status_code == 302
    with alpha.scope():
        assert SchemeVersion.objects.get().benefit == "expert_days"
        count(alpha, certificate(alpha, "a"))
    owner = alpha.client("partner_owner@p1")
    assert "Days with a field expert" in owner.get("/schemes/days/").content.decode()
    assert 'href="/tiers/experts/p1/"' in owner.get("/rewards/benefits/").content.decode()
    api = caller(alpha, "partner_owner@p1")
    (told,) = api.get("benefits/").body["results"]
    assert (told["benefit"], told["quantity"], told["partner"]) == ("expert_days", "1", "p1")
    assert caller(alpha, "programme_manager").get("schemes/days/").body["benefit"] == "expert_days"
