"""Templates of plans: written by the programme manager, in force for plans that begin afterwards, by the partner's roles."""

from typing import Any

import pytest

from common.errors import Forbidden, Invalid, NotFound
from partners.models import Partner
from performance.models import Kpi
from programs.models import Plan, PlanTemplate
from programs.plans.services import create_plan
from programs.plans.templating import copy_brought, remove_template, save_template
from tests.api.kit import caller
from tests.kit.world import Tenant

MANAGER, OWNER = "programme_manager", "partner_owner@p1"
GOOD: dict[str, Any] = {
    "name": "Resellers",
    "roles": ["reseller"],
    "objectives": [
        {"title": "Sell", "weight": 70, "kpi": "sales"},
        {"title": "Learn", "weight": 30},
    ],
    "commitments": [{"side": "operator", "title": "Train", "month": 2}],
}


@pytest.fixture
def house(alpha: Tenant) -> Tenant:
    with alpha.scope():
        Kpi.objects.create(code="sales", name="Sales", measure="sum_amount", period="quarter")
        Partner.objects.filter(code="p1").update(roles=["msp", "reseller"])
    return alpha


def saved(tenant: Tenant, who: str = MANAGER, **more: Any) -> PlanTemplate:
    with tenant.scope(who):
        return save_template(tenant.actors[who], **(GOOD | more))


def begun(tenant: Tenant, year: str) -> tuple[list[tuple[str, int, str]], list[tuple[str, str]]]:
    """Objectives and commitments of a new plan of p1, made by its account manager."""
    with tenant.scope("pam"):
        create_plan(tenant.actors["pam"], partner="p1", year=year, title="Together")
    with tenant.scope():
        plan = Plan.objects.get(year=year)
        objectives = [
            (each.title, each.weight, each.kpi.code if each.kpi else "") for each in plan.objectives.all()
        ]
        return objectives, [(each.side, each.title) for each in plan.commitments.all()]


def test_a_new_plan_begins_with_the_template_of_the_partners_role(house: Tenant) -> None:
    brought, _promises = begun(house, "2090")
    assert sum(weight for _title, weight, _kpi in brought) == 100
    own = saved(house)
    saved(house, name="Everybody", roles=[], objectives=[{"title": "Be there", "weight": 100}])
    assert begun(house, "2091") == (
        [("Sell", 70, "sales"), ("Learn", 30, "")],
        [("operator", "Train")],
    )
    saved(house, template_id=own.pk, active=False)
    assert begun(house, "2092")[0] == [("Be there", 100, "")]
    with house.scope(MANAGER):
        for row in PlanTemplate.objects.all():
            remove_template(house.actors[MANAGER], template_id=row.pk)
    assert begun(house, "2093")[0] == brought


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": " "}, "name"),
        ({"roles": ["king"]}, "roles"),
        ({"objectives": []}, "objectives"),
        ({"objectives": [{"title": "Sell", "weight": 99}]}, "objectives.0.weight"),
        ({"objectives": [{"title": " ", "weight": 100}]}, "objectives.0.title"),
        ({"objectives": [{"title": "Sell", "weight": 100, "kpi": "no"}]}, "objectives.0.kpi"),
        ({"commitments": [{"side": "nobody", "title": "x", "month": 1}]}, "commitments.0.side"),
        ({"commitments": [{"side": "operator", "title": "x", "month": 13}]}, "commitments.0.month"),
    ],
)
def test_what_no_plan_could_begin_with_is_refused_at_its_field(
    house: Tenant, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        saved(house, **more)
    assert field in {error.field for error in refused.value.errors}


def test_programme_managers_write_and_partners_see_nothing(house: Tenant) -> None:
    for who in ("pam", "executive", OWNER):
        with pytest.raises(Forbidden):
            saved(house, who)
    row = saved(house)
    with house.scope(OWNER), pytest.raises(Forbidden):
        copy_brought(house.actors[OWNER])
    with house.scope(MANAGER):
        actor = house.actors[MANAGER]
        assert len(copy_brought(actor)) == 4
        assert PlanTemplate.objects.count() == 5
        with pytest.raises(NotFound):
            remove_template(actor, template_id=0)
        assert row in PlanTemplate.objects.all()


def test_the_pages(house: Tenant) -> None:
    manager, pam = house.client(MANAGER), house.client("pam")
    assert manager.post("/plans/templates/bring/").status_code == 302
    page = pam.get("/plans/templates/").content.decode()
    assert "Distributors" in page
    assert "/plans/templates/new/" not in page
    assert pam.get("/plans/templates/new/").status_code == 403
    assert house.client(OWNER).get("/plans/templates/").status_code == 404
    typed: dict[str, Any] = {"name": "Ours", "roles": ["isv"], "active": "on"}
    typed |= {f"c{number}_{name}": value for number in range(10) for name, value in
              {"side": "partner", "title": "", "month": "1"}.items()}  # fmt: skip
    typed |= {"o2_title": "Build", "o2_weight": "90", "o2_kpi": "=", "c4_title": "Describe", "c4_month": "6"}
    refused = manager.post("/plans/templates/new/", typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors["o2_weight"]
    assert manager.post("/plans/templates/new/", typed | {"o2_weight": "100"}).status_code == 302
    with house.scope():
        row = PlanTemplate.objects.get(name="Ours")
    assert row.objectives == [{"title": "Build", "weight": 100, "kpi": "", "headline": True}]
    assert row.commitments == [{"side": "partner", "title": "Describe", "month": 6}]
    form = manager.get(f"/plans/templates/{row.pk}/").content.decode()
    assert 'value="Build"' in form
    assert manager.post(f"/plans/templates/{row.pk}/remove/").status_code == 302
    assert manager.get(f"/plans/templates/{row.pk}/").status_code == 404


def test_the_api(house: Tenant) -> None:
    manager, pam = caller(house, MANAGER), caller(house, "pam")
    assert pam.post("plan-templates/", GOOD).status == 403
    made = manager.post("plan-templates/", GOOD)
    assert (made.status, made.body["objectives"][1]["kpi"]) == (201, "")
    address = f"plan-templates/{made.body['id']}/"
    wrong = manager.put(address, GOOD | {"objectives": [{"title": "Sell", "weight": 1}]})
    assert (wrong.status, wrong.body["errors"][0]["field"]) == (400, "objectives.0.weight")
    assert manager.put(address, GOOD | {"name": "Other"}).body["name"] == "Other"
    assert [each["name"] for each in pam.get("plan-templates/").body["results"]] == ["Other"]
    assert caller(house, OWNER).get("plan-templates/").body["results"] == []
    assert manager.post(f"{address}remove/").status == 200
    assert manager.get(address).status == 404
