"""Writing partners: the tree, states, reps, books, and who may."""

from typing import Any

import pytest

from catalog import services as catalog
from common.errors import Forbidden, InputError, Invalid, NotFound
from partners import selectors, services
from partners.models import Partner, PartnerLink, Rep
from tenancy.models import AuditEntry, OutboxEvent
from tests.kit.world import Tenant


def last_event(topic: str) -> dict[str, Any]:
    event = OutboxEvent.objects.filter(topic=topic).order_by("id").last()
    assert event is not None
    payload: dict[str, Any] = event.payload
    return payload


def above(code: str) -> list[str]:
    links = PartnerLink.objects.filter(descendant__code=code).order_by("-depth")
    return list(links.values_list("ancestor__code", flat=True))


def test_a_partner_is_made_with_its_place_in_the_tree(inside: Tenant) -> None:
    catalog.save_territory(inside.system, code="north", name="North")
    partner = services.create_partner(
        inside.system,
        code="n1",
        name="شرکت نوین",
        parent="p1",
        roles=["reseller"],
        tier="Gold",
        territory="north",
    )
    assert (partner.tier, partner.state, partner.search_key) == ("gold", "active", "شرکت نوین")
    assert above("n1") == ["p1", "n1"]
    assert partner.root_id == inside.partners["p1"].pk
    assert last_event("partners.code_added") == {"kind": "partner", "codes": ["n1"]}
    assert AuditEntry.objects.filter(action="partner.create", object_ref="n1").count() == 1


def test_a_move_takes_everybody_below_along(inside: Tenant) -> None:
    services.move_partner(inside.system, code="p1", parent="p2")
    assert above("p1sub") == ["p2", "p1", "p1sub"]
    assert set(Partner.objects.values_list("root__code", flat=True)) == {"p2"}
    moved = {inside.partners["p1"].pk, inside.partners["p1sub"].pk}
    assert set(last_event("partners.changed")["partner_ids"]) == moved
    for parent in ("p1", "p1sub"):
        with pytest.raises(InputError, match="below itself"):
            services.move_partner(inside.system, code="p1", parent=parent)
    services.move_partner(inside.system, code="p1", parent="")
    assert above("p1sub") == ["p1", "p1sub"]


def test_states_follow_their_steps(inside: Tenant) -> None:
    services.set_state(inside.system, code="p1", state="suspended")
    services.set_state(inside.system, code="p1", state="ended")
    assert last_event("partners.changed")["fields"] == ["state"]
    with pytest.raises(InputError) as caught:
        services.set_state(inside.system, code="p1", state="active")
    assert caught.value.field == "state"
    assert Partner.objects.get(code="p1").state == "ended"


def test_reps_belong_to_a_partner_or_to_the_operator(inside: Tenant) -> None:
    rep = services.create_rep(inside.system, code="r1", name="Sara", partner="p1", email="sara@p1.example")
    assert rep.partner is not None
    assert (rep.partner.code, last_event("partners.code_added")) == ("p1", {"kind": "rep", "codes": ["r1"]})
    assert services.create_rep(inside.system, code="r2", name="Ali").partner is None
    services.change_rep(inside.system, code="r1", partner="p2")
    both = {inside.partners[code].pk for code in ("p1", "p2")}
    assert set(last_event("partners.changed")["partner_ids"]) == both


def test_a_rep_is_linked_to_a_login_of_the_same_company(inside: Tenant) -> None:
    services.create_rep(inside.system, code="r1", name="Sara", partner="p1")
    seller = inside.actors["partner_seller@p1"].membership_id
    assert services.link_rep(inside.system, code="r1", member_id=seller).membership_id == seller
    with pytest.raises(InputError):
        services.link_rep(
            inside.system, code="r1", member_id=inside.actors["partner_seller@p2"].membership_id
        )
    assert Rep.objects.get(code="r1").membership_id == seller


def test_books_fill_and_empty(inside: Tenant) -> None:
    pam = inside.actors["pam"]
    assert pam.membership_id is not None
    added = services.assign_book(inside.system, pam.membership_id, ["p1", "p2"])
    assert [partner.code for partner in added] == ["p2"]
    assert {partner.code for partner in selectors.book_of(pam)} == {"p1", "p2"}
    removed = services.remove_from_book(inside.system, pam.membership_id, ["p1", "p1sub"])
    assert [partner.code for partner in removed] == ["p1"]
    with pytest.raises(Invalid):
        services.assign_book(inside.system, pam.membership_id, ["nobody"])
    with pytest.raises(InputError, match="account manager"):
        services.assign_book(inside.system, inside.actors["executive"].membership_id or 0, ["p1"])


def test_only_programme_managers_write(alpha: Tenant) -> None:
    for name, actor in alpha.actors.items():
        if name == "programme_manager":
            continue
        with alpha.scope(name):
            with pytest.raises(Forbidden):
                services.save_partner(actor, code="x", name="X")
            with pytest.raises(Forbidden):
                services.create_rep(actor, code="x", name="X", partner="p1")
            with pytest.raises(Forbidden):
                services.assign_book(actor, 1, ["p1"])


def test_everybody_reads_only_their_own(alpha: Tenant, beta: Tenant) -> None:
    with alpha.scope():
        for code in ("p1", "p2"):
            services.create_rep(alpha.system, code=f"rep-{code}", name=code, partner=code)
    seen = {
        "partner_owner@p1": ({"p1", "p1sub"}, {"rep-p1"}),
        "partner_owner@p2": ({"p2"}, {"rep-p2"}),
        "pam": ({"p1"}, {"rep-p1"}),
        "executive": ({"p1", "p1sub", "p2"}, {"rep-p1", "rep-p2"}),
    }
    for name, (partners, reps) in seen.items():
        actor = alpha.actors[name]
        with alpha.scope(name):
            assert {partner.code for partner in selectors.partners_for(actor)} == partners
            assert {rep.code for rep in selectors.reps_for(actor)} == reps
    with alpha.scope("partner_owner@p1"), pytest.raises(NotFound):
        selectors.get_partner(alpha.actors["partner_owner@p1"], "p2")


def test_a_summary_counts_what_the_reader_sees(alpha: Tenant) -> None:
    with alpha.scope("programme_manager"):
        actor = alpha.actors["programme_manager"]
        services.create_rep(actor, code="r1", name="Sara", partner="p1")
        summary = selectors.partner_summary(actor, "p1")
        assert (summary.people, summary.reps, summary.subs, summary.tree) == (4, 1, 1, 1)
        assert summary.pams == ("pam",)
        listed = {each.code: each for each in selectors.with_counts(selectors.partners_for(actor))}
        assert (listed["p1"].rep_count, listed["p1"].sub_count, listed["p1"].pams) == (1, 1, ["pam"])
        assert (listed["p2"].rep_count, listed["p2"].sub_count, listed["p2"].pams) == (0, 0, [])
    with alpha.scope("partner_owner@p1"):
        actor = alpha.actors["partner_owner@p1"]
        assert selectors.own_company(actor).code == "p1"
        assert [partner.code for partner in selectors.partner_summary(actor, "p1sub").line] == ["p1", "p1sub"]
        assert selectors.partner_summary(actor, "p1").pams == ()
