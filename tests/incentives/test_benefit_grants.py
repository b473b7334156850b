"""Benefits that schemes grant: to the piece what the accruals say, and honoured like those of tiers."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError, Invalid, NotFound
from incentives.benefituse import undo_use, use_benefit
from incentives.grants import grants, held_of
from incentives.handlers import measurements_changed
from incentives.models import Accrual, BenefitUse, SchemeVersion
from incentives.services import SchemeData, VersionData, create_scheme
from partners.models import Partner
from performance.models import Credit
from programs.benefits import benefit_of, save_benefit
from programs.expertdays import balance_of, book_days, left_of
from tests.api.kit import caller
from tests.incentives.test_accruals import credit
from tests.incentives.test_kinds import at, published, taken_back
from tests.kit.world import Tenant
from tests.partners.applying import deliver_all
from tests.programs.kit import join, night, programme, tier
from workflow.models import Notification

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


def held(tenant: Tenant, who: str = "pam") -> Any:
    with tenant.scope(who):
        found = held_of(grants(tenant.actors[who]), TODAY)
    return {each.partner.code: (each.quantity, each.used) for each in found}


def use(tenant: Tenant, quantity: str, who: str = "pam", **more: Any) -> BenefitUse:
    fields: dict[str, Any] = {"scheme": "seats", "partner": "p1", **more}
    with tenant.scope(who):
        return use_benefit(tenant.actors[who], quantity=Decimal(quantity), **fields)


@pytest.fixture
def seats(alpha: Tenant) -> Tenant:
    """Two pieces ten days ago that end tomorrow, two more today; p2 has two."""
    with alpha.scope():
        published(alpha, "seats", "benefit", "2", period="year", valid_days=11, **CERTIFIED)
        early = certificate(alpha, "a", TODAY - timedelta(days=10))
        count(alpha, early, certificate(alpha, "b"), certificate(alpha, "c", partner=alpha.partners["p2"]))
    return alpha


def test_what_is_used_is_written_down_and_gone(seats: Tenant) -> None:
    assert held(seats) == {"p1": (4, 0)}
    row = use(seats, "3", text="Fair")
    assert (row.day, row.member_name) == (TODAY, "pam")
    assert held(seats) == {"p1": (1, 3)}
    assert held(seats, "programme_manager") == {"p1": (1, 3), "p2": (2, 0)}
    with pytest.raises(InputError, match="Only 1 are left"):
        use(seats, "2")
    with pytest.raises(InputError, match="Only 0 are left"):
        use(seats, "1", day=TODAY - timedelta(days=11))
    with pytest.raises(InputError, match="not come yet"):
        use(seats, "1", day=TODAY + timedelta(days=1))
    deliver_all(seats)
    with seats.scope():
        told = Notification.objects.filter(kind="incentives.benefit_used")
        assert {row.membership_id for row in told} == {
            seats.actors[name].membership_id
            for name in ("partner_owner@p1", "partner_seller@p1", "partner_finance@p1")
        }
    with seats.scope("pam"):
        undo_use(seats.actors["pam"], use_id=row.pk)
        with pytest.raises(Conflict):
            undo_use(seats.actors["pam"], use_id=row.pk)
    assert held(seats) == {"p1": (4, 0)}


def test_a_use_takes_from_what_was_valid_on_its_day_and_leaves_room_for_later_ones(seats: Tenant) -> None:
    use(seats, "3")
    # On the fifth day before there were two; one of them went today, since only two others came.
    with pytest.raises(InputError, match="Only 1 are left"):
        use(seats, "2", day=TODAY - timedelta(days=5))
    use(seats, "1", day=TODAY - timedelta(days=5))
    assert held(seats) == {"p1": (0, 4)}


def test_who_writes_down(seats: Tenant) -> None:
    for who in ("partner_owner@p1", "channel_finance"):
        with pytest.raises(Forbidden):
            use(seats, "1", who)
    with pytest.raises(NotFound):
        use(seats, "1", partner="p2")  # not in this book
    with pytest.raises(NotFound):
        use(seats, "1", scheme="nothing")


def test_days_that_are_booked_are_not_written_down(alpha: Tenant) -> None:
    with alpha.scope():
        published(alpha, "seats", "benefit", "2", benefit="expert_days", **CERTIFIED)
        count(alpha, certificate(alpha, "a"))
    with pytest.raises(NotFound):
        use(alpha, "1")


def test_seats_of_tiers_that_were_granted_are_used_up(alpha: Tenant) -> None:
    def left() -> Decimal | None:
        with alpha.scope():
            found = benefit_of(alpha.partners["p1"], "event_seats")
        return found.value if found else None

    with alpha.scope():
        published(alpha, "seats", "benefit", "4", benefit="event_seats", **CERTIFIED)
        count(alpha, certificate(alpha, "a"))
    assert left() == 4
    use(alpha, "3")
    assert left() == 1
    use(alpha, "1")
    assert left() is None


def test_pages_and_api_of_what_was_used(seats: Tenant) -> None:
    pam = seats.client("pam")
    assert "scheme=seats&amp;partner=p1" in pam.get("/rewards/benefits/").content.decode()
    address = "/rewards/benefits/use/?scheme=seats&partner=p1"
    assert 'value="4"' in pam.get(address).content.decode()
    refused = pam.post(address, {"quantity": "9"})
    assert refused.status_code == 422
    assert "Only 4 are left." in refused.content.decode()
    assert pam.post(address, {"quantity": "۱", "text": "Fair in Tehran"}).status_code == 302
    assert pam.get("/rewards/benefits/use/?scheme=seats&partner=p2").status_code == 404
    assert "Fair in Tehran" in seats.client("partner_owner@p1").get("/rewards/benefits/").content.decode()
    assert "Fair in Tehran" not in seats.client("partner_owner@p2").get("/rewards/benefits/").content.decode()
    api, owner = caller(seats, "pam"), caller(seats, "partner_owner@p1")
    made = api.post("benefits/uses/", {"scheme": "seats", "partner": "p1", "quantity": "2"})
    assert made.status == 201, made.body
    assert [each["quantity"] for each in owner.get("benefits/uses/").body["results"]] == ["1", "2"]
    assert owner.post("benefits/uses/", {"scheme": "seats", "partner": "p1", "quantity": "1"}).status == 403
    wrong = api.post("benefits/uses/", {"scheme": "seats", "partner": "p1", "quantity": "2"})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (400, "quantity")
    assert api.post(f"benefits/uses/{made.body['id']}/undo/").body["undone"] is True
    assert [each["quantity"] for each in owner.get("benefits/uses/").body["results"]] == ["1"]
