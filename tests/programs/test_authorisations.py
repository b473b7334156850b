"""Rules of authorisation: the answer against a plain reading of docs/authorisations.md, the services, their history."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone, translation
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.models import Family, Product, Segment, Territory
from common.errors import Conflict, Forbidden, InputError, Invalid
from programs.authorisations import may_sell, may_sell_many
from programs.authorisations.rules import Case, Doors, Rule, Seller, is_for, judge
from programs.authorisations.selectors import authorisations_for
from programs.authorisations.services import add_authorisation, end_authorisation
from programs.authorisations.worksheets import decide_worksheet, result_of, write_worksheet
from programs.enums import Criterion
from programs.models import Authorisation, Enrolment, Programme, Tier
from tests.kit.world import Tenant, make_partner
from workflow.settings import change_setting

MANAGER = "programme_manager"
TREE = {1: (1,), 2: (1, 2), 3: (1, 2, 3), 4: (4,)}
LAYER_OF = {1: "core", 2: "cloud", 3: "cloud"}
KEY = 9

rules = st.builds(
    Rule,
    pk=st.integers(1, 10**6),
    effect=st.sampled_from(["allow", "refuse"]),
    product=st.sampled_from([None, None, 1, 2]),
    layer=st.sampled_from(["", "core", "cloud"]),
    segment=st.sampled_from([None, 8, KEY]),
    territory=st.sampled_from([None, 1, 2, 3, 4]),
    model=st.sampled_from(["", "sell_to"]),
    partner=st.sampled_from([None, None, 1, 2]),
    role=st.sampled_from(["", "reseller", "msp"]),
    programme=st.sampled_from([None, 5]),
    tier=st.sampled_from([None, (5, 2)]),
).map(lambda rule: _proper(rule))


def _proper(rule: Rule) -> Rule:
    """As the services leave it: one thing, one kind of seller, the depth of its territory."""
    values: dict[str, Any] = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    values["depth"] = len(TREE[rule.territory]) if rule.territory else 0
    if rule.product is not None:
        values["layer"] = ""
    named = [name for name in ("partner", "tier", "programme", "role") if values[name]]
    for name in named[1:]:
        values[name] = "" if name == "role" else None
    return Rule(**values)


def _naive(all_rules: list[Rule], seller: Seller, case: Case, doors: Doors) -> bool:
    """Narrow down step by step, from the company to the engagement model, as one would on paper."""
    needs_segment = case.key_account and not doors.key_accounts
    needs_thing = case.layer == "core" and not doors.core
    left = []
    for rule in all_rules:
        if rule.partner and rule.partner != seller.partner:
            continue
        if rule.role and rule.role not in seller.roles:
            continue
        if rule.programme and rule.programme not in seller.ranks:
            continue
        if rule.tier:
            held = seller.ranks.get(rule.tier[0], None)
            if held is None:
                continue
            if rule.effect == "allow" and held < rule.tier[1]:
                continue
            if rule.effect == "refuse" and held > rule.tier[1]:
                continue
        if rule.product and rule.product != case.product:
            continue
        if rule.layer and rule.layer != case.layer:
            continue
        if rule.segment and rule.segment != case.segment:
            continue
        if rule.territory and rule.territory not in case.path:
            continue
        if rule.model and rule.model != case.model:
            continue
        if rule.effect == "allow" and needs_segment and not rule.segment:
            continue
        if rule.effect == "allow" and needs_thing and not (rule.product or rule.layer):
            continue
        left.append(rule)
    if not left:
        return not needs_segment and not needs_thing and doors.elsewhere
    tests: list[Any] = [
        lambda rule: rule.partner,
        lambda rule: rule.tier,
        lambda rule: rule.programme,
        lambda rule: rule.role,
        lambda rule: rule.product,
        lambda rule: rule.layer,
        lambda rule: rule.segment,
        *(lambda rule, node=node: rule.territory == node for node in reversed(case.path)),
        lambda rule: rule.model,
    ]
    for test in tests:
        if any(test(rule) for rule in left):
            left = [rule for rule in left if test(rule)]
    return all(rule.effect == "allow" for rule in left)


@settings(max_examples=60)
@given(
    all_rules=st.lists(rules, max_size=7, unique_by=lambda rule: rule.pk),
    rank=st.sampled_from([None, 1, 2, 3]),
    roles=st.sets(st.sampled_from(["reseller", "msp"])),
    product=st.sampled_from([1, 2, 3]),
    segment=st.sampled_from([None, 8, KEY]),
    place=st.sampled_from([None, 1, 2, 3, 4]),
    model=st.sampled_from(["", "sell_to", "referral"]),
    doors=st.builds(Doors, st.booleans(), st.booleans(), st.booleans()),
)
def test_the_answer_is_what_one_reads_on_paper(
    all_rules: list[Rule], rank: int | None, roles: set[str], product: int, segment: int | None,
    place: int | None, model: str, doors: Doors,
) -> None:  # fmt: skip
    seller = Seller(1, frozenset(roles), {} if rank is None else {5: rank})
    path = TREE[place] if place else ()
    case = Case(product, LAYER_OF[product], segment, segment == KEY, path, model)
    own = [rule for rule in all_rules if is_for(rule, seller)]
    assert judge(own, case, doors).allowed == _naive(all_rules, seller, case, doors)


@settings(max_examples=40)
@given(
    all_rules=st.lists(rules.filter(lambda rule: rule.allows), max_size=5, unique_by=lambda rule: rule.pk),
    product=st.sampled_from([1, 2, 3]),
    doors=st.builds(Doors, st.booleans(), st.booleans(), st.booleans()),
)
def test_somewhere_is_anywhere_that_is_open(all_rules: list[Rule], product: int, doors: Doors) -> None:
    """The question of the coverage map equals asking for every segment, territory and model (with permissions alone)."""
    seller = Seller(1, frozenset({"reseller"}), {5: 2})
    own = [rule for rule in all_rules if is_for(rule, seller)]
    layer = LAYER_OF[product]
    asked = [
        judge(own, Case(product, layer, segment, segment == KEY, path, model), doors).allowed
        for segment in (None, 8, KEY)
        for path in ((), *TREE.values())
        for model in ("", "sell_to", "referral")
    ]
    assert judge(own, Case(product, layer, anywhere=True), doors).allowed == any(asked)


@pytest.fixture
def market(alpha: Tenant) -> Tenant:
    with alpha.scope():
        for code, layer in (("sim", "core"), ("vm", "cloud"), ("waf", "security")):
            family = Family.objects.create(code=f"f-{code}", name=code, layer=layer)
            Product.objects.create(code=code, name=code.upper(), family=family)
        Segment.objects.create(code="sme", name="SME")
        Segment.objects.create(code="key", name="Key accounts", key_account=True)
        north = Territory.objects.create(code="north", name="North", level=0)
        north.path = [north.pk]
        north.save()
        city = Territory.objects.create(code="city", name="City", parent=north, level=1)
        city.path = [north.pk, city.pk]
        city.save()
        for partner, roles in (("p1", ["reseller"]), ("p2", ["msp"])):
            alpha.partners[partner].roles = roles
            alpha.partners[partner].save()
    return alpha


def add(tenant: Tenant, effect: str = "allow", **about: Any) -> Authorisation:
    with tenant.scope(MANAGER):
        return add_authorisation(tenant.actors[MANAGER], effect=effect, **about)


def ask(
    tenant: Tenant,
    product: str = "vm",
    segment: str = "",
    territory: str = "",
    model: str = "",
    *,
    partner: str = "p1",
    who: str | None = None,
    on: date | None = None,
) -> Any:
    with tenant.scope(who):
        return may_sell(
            tenant.partners[partner],
            Product.objects.select_related("family").get(code=product),
            Segment.objects.filter(code=segment).first(),
            Territory.objects.filter(code=territory).first(),
            model,
            on or timezone.now().date(),
        )


def test_key_accounts_and_core_products_are_closed_and_the_rest_is_open(market: Tenant) -> None:
    assert ask(market).allowed
    assert not ask(market, segment="key").allowed
    assert "Key accounts" in ask(market, segment="key").reason
    assert "Core telecom" in ask(market, "sim").reason
    with translation.override("fa"):
        assert "مشتریان کلیدی" in ask(market, segment="key").reason


def test_the_operator_sets_what_is_open(market: Tenant) -> None:
    with market.scope(MANAGER):
        change_setting(market.actors[MANAGER], "authorisations.core", True)
        change_setting(market.actors[MANAGER], "authorisations.elsewhere", False)
    assert not ask(market).allowed
    assert not ask(market, "sim").allowed
    add(market, layer="cloud")
    assert ask(market).allowed


def test_a_permission_opens_a_closed_door_only_by_its_name(market: Tenant) -> None:
    add(market, role="reseller")
    assert not ask(market, segment="key").allowed
    add(market, role="reseller", segment="key")
    assert ask(market, segment="key").allowed
    assert not ask(market, segment="key", partner="p2").allowed
    assert not ask(market, "sim", segment="key").allowed
    add(market, role="reseller", layer="core", segment="key")
    assert ask(market, "sim", segment="key").allowed


def test_a_territory_holds_its_parts(market: Tenant) -> None:
    add(market, "refuse", territory="north", reason="Direct sales only.")
    assert not ask(market, territory="city").allowed
    assert "Direct sales only." in ask(market, territory="city").reason
    add(market, territory="city")
    assert ask(market, territory="city").allowed
    assert ask(market).allowed


def test_tiers_count_upwards_for_permissions_and_downwards_for_refusals(market: Tenant) -> None:
    with market.scope():
        programme = Programme.objects.create(code="club", name="Club")
        tiers = [
            Tier.objects.create(programme=programme, code=code, name=code.title(), rank=rank)
            for rank, code in enumerate(("silver", "gold"), 1)
        ]
        for partner, tier in zip(("p1", "p2"), tiers, strict=True):
            Enrolment.objects.create(
                programme=programme, partner=market.partners[partner], tier=tier, since=date(2020, 1, 1)
            )
    add(market, programme="club", tier="gold", layer="core")
    add(market, "refuse", programme="club", tier="silver", layer="security")
    assert [ask(market, "sim", partner=partner).allowed for partner in ("p1", "p2")] == [False, True]
    assert [ask(market, "waf", partner=partner).allowed for partner in ("p1", "p2")] == [False, True]
    assert "Gold or higher in Club" in ask(market, "sim", partner="p2").reason


def test_a_company_that_is_not_active_sells_nothing(market: Tenant) -> None:
    with market.scope():
        market.partners["p1"].state = "suspended"
    assert "Suspended" in ask(market).reason


def test_days_are_inclusive_and_the_past_stays_as_it_was(market: Tenant) -> None:
    today = timezone.now().date()
    rule = add(market, layer="core", starts=today - timedelta(days=5), ends=today + timedelta(days=5))
    answers = [ask(market, "sim", on=today + timedelta(days=n)).allowed for n in (-6, -5, 0, 5, 6)]
    assert answers == [False, True, True, True, False]
    with market.scope(MANAGER):
        actor = market.actors[MANAGER]
        with pytest.raises(InputError):
            end_authorisation(actor, pk=rule.pk, gone_on=today - timedelta(days=1))
        end_authorisation(actor, pk=rule.pk, reason="New contract")
        with pytest.raises(Conflict):
            end_authorisation(actor, pk=rule.pk)
    answers = [ask(market, "sim", on=today + timedelta(days=n)).allowed for n in (-1, 0)]
    assert answers == [True, False]


def test_nobody_changes_a_rule_or_takes_it_away(market: Tenant) -> None:
    rule = add(market, layer="core")
    for who in (MANAGER, None):
        for change in (
            lambda: Authorisation.objects.filter(pk=rule.pk).update(effect="refuse"),
            lambda: Authorisation.objects.filter(pk=rule.pk).delete(),
        ):
            with market.scope(who), pytest.raises(DatabaseError), transaction.atomic():
                change()


def test_the_same_rule_twice_and_wrong_ones_are_refused(market: Tenant) -> None:
    add(market, layer="core", role="msp")
    with pytest.raises(Conflict):
        add(market, layer="core", role="msp")
    with pytest.raises(Invalid) as refused:
        add(market, product="none", segment="none", role="king")
    assert {error.field for error in refused.value.errors} == {"product", "segment", "role"}
    for wrong in ({"product": "sim", "layer": "core"}, {"role": "msp", "partner": "p1"}, {"tier": "gold"}):
        with pytest.raises(Invalid):
            add(market, **wrong)
    with market.scope("pam"), pytest.raises(Forbidden):
        add_authorisation(market.actors["pam"], effect="allow")


def test_each_reads_the_rules_that_it_needs(market: Tenant) -> None:
    for partner in ("p1", "p2", ""):
        add(market, layer="core", partner=partner)
    with market.scope("partner_owner@p1"):
        found = authorisations_for(market.actors["partner_owner@p1"])
        assert {rule.partner_id for rule in found} == {market.partners["p1"].pk, None}
    with market.scope("pam"):
        assert authorisations_for(market.actors["pam"]).count() == 2
    assert ask(market, "sim", who="partner_owner@p1").allowed


def test_many_answers_cost_a_handful_of_queries(market: Tenant, django_assert_max_num_queries: Any) -> None:
    add(market, "refuse", partner="p2", product="vm")
    with market.scope():
        more = [make_partner(f"m{n}", roles=["msp"]) for n in range(5)]
        partners = [market.partners["p1"], market.partners["p2"], *more]
        products = list(Product.objects.select_related("family"))
        with django_assert_max_num_queries(6):
            found = may_sell_many(partners, products, on=timezone.now().date())
    refused = {key for key, answer in found.items() if not answer.allowed and answer.rule}
    assert refused == {(market.partners["p2"].pk, next(p.pk for p in products if p.code == "vm"))}
    assert len(found) == 7 * 3


def sheet(market: Tenant, **more: Any) -> Any:
    rows = [{"code": code, "weight": 5, "score": 8} for code in Criterion.values]
    with market.scope(MANAGER):
        return write_worksheet(
            market.actors[MANAGER],
            **{"title": "SIM cards", "market_share": 40, "criteria": rows, "layer": "core", **more},
        )


def test_a_worksheet_is_decided_by_somebody_else_and_becomes_an_authorisation(market: Tenant) -> None:
    written = sheet(market, role="reseller")
    assert result_of(written) == 80
    with market.scope(MANAGER), pytest.raises(Conflict) as refused:
        decide_worksheet(market.actors[MANAGER], pk=written.pk, opens=True, decision="Mine")
    assert refused.value.code == "second_person"
    assert not ask(market, "sim").allowed
    with market.scope():
        decide_worksheet(market.system, pk=written.pk, opens=True, decision="We need the reach.")
    assert ask(market, "sim").allowed
    assert ask(market, "sim").rule.worksheet_id == written.pk
    assert not ask(market, "sim", partner="p2").allowed
    with market.scope(), pytest.raises(Conflict):
        decide_worksheet(market.system, pk=written.pk, opens=False, decision="Again")


def test_a_worksheet_is_about_core_products_and_complete(market: Tenant) -> None:
    with pytest.raises(InputError) as refused:
        sheet(market, layer="cloud")
    assert refused.value.code == "not_core"
    with pytest.raises(InputError) as refused:
        sheet(market, criteria=[{"code": Criterion.SHARE, "weight": 11, "score": 1}])
    assert refused.value.field == f"{Criterion.SHARE}_weight"
