"""Contract texts: published once, accepted by a named person, and what happens to those who do not."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError
from deals.services.submission import submit_deal, withdraw_deal
from partners.contracts import services
from partners.contracts.selectors import partners_without, standings_of
from partners.contracts.texts import hash_of, html_of
from partners.models import ContractAcceptance, ContractVersion, Onboarding, OnboardingStep
from partners.onboarding import may_register_deals
from partners.onboarding.running import start_onboarding
from performance.tasks import deliver_events
from tests.deals.kit import draft, market, submitted
from tests.kit.world import Tenant
from workflow.models import Notification

TEXT = "# Partner contract\n\nWe *share*.\n\n- Point one\n"


def do(tenant: Tenant, who: str, service: Any, **given: Any) -> Any:
    with tenant.scope(who):
        return service(tenant.actors[who], **given)


def publish(tenant: Tenant, text: str = TEXT, contract_id: int | None = None, **more: Any) -> ContractVersion:
    boss = "programme_manager"
    if contract_id is None:
        contract_id = do(tenant, boss, services.save_contract, name="Partner contract").pk
    version = do(tenant, boss, services.draft_version, contract_id=contract_id)
    do(tenant, boss, services.write_version, version_id=version.pk, texts={"en": text, "fa": "متن"})
    published: ContractVersion = do(tenant, boss, services.publish_version, version_id=version.pk, **more)
    return published


def accept(tenant: Tenant, version: ContractVersion, who: str = "partner_owner@p1", **more: Any) -> Any:
    given = {
        "version_id": version.pk,
        "language": "en",
        "sha256": version.hashes["en"],
        "capacity": "Director",
        "address": "203.0.113.7",
    }
    return do(tenant, who, services.accept_version, **(given | more))


def run_late(tenant: Tenant, version: ContractVersion) -> None:
    """The time to accept is over."""
    with tenant.scope():
        ContractVersion.objects.filter(pk=version.pk).update(
            accept_until=timezone.now().date() - timedelta(days=1)
        )


def test_an_acceptance_keeps_person_time_address_and_text(alpha: Tenant) -> None:
    version = publish(alpha)
    found = accept(alpha, version)
    assert (found.person, found.capacity, found.address) == ("partner_owner@p1", "Director", "203.0.113.7")
    assert found.sha256 == hash_of(version.texts["en"]) == version.hashes["en"]
    with pytest.raises(Conflict) as refused:
        accept(alpha, version)
    assert refused.value.code == "accepted"
    with alpha.scope(), pytest.raises(Exception, match="permission denied"):
        ContractAcceptance.objects.update(person="Somebody else")


def test_only_what_was_read_can_be_accepted_and_only_by_an_owner(alpha: Tenant) -> None:
    version = publish(alpha)
    with pytest.raises(Conflict) as refused:
        accept(alpha, version, sha256="0" * 64)
    assert refused.value.code == "other_text"
    with pytest.raises(Forbidden):
        accept(alpha, version, "partner_seller@p1")
    with pytest.raises(InputError):
        accept(alpha, version, capacity=" ")
    second = publish(alpha, "New text", version.contract_id)
    with pytest.raises(Conflict) as refused:
        accept(alpha, version)
    assert refused.value.code == "newer_version"
    assert accept(alpha, second).version_id == second.pk


def test_a_published_version_never_changes(alpha: Tenant) -> None:
    version = publish(alpha)
    for service, given in (
        (services.write_version, {"texts": {"en": "other"}}),
        (services.publish_version, {}),
    ):
        with pytest.raises(Conflict):
            do(alpha, "programme_manager", service, version_id=version.pk, **given)
    with alpha.scope(), pytest.raises(IntegrityError), transaction.atomic():
        ContractVersion.objects.filter(pk=version.pk).update(texts={"en": "other"})
    with pytest.raises(Forbidden):
        do(alpha, "pam", services.draft_version, contract_id=version.contract_id)


def test_drafts_are_not_seen_by_partners(alpha: Tenant) -> None:
    contract = do(alpha, "programme_manager", services.save_contract, name="Secret")
    do(alpha, "programme_manager", services.draft_version, contract_id=contract.pk)
    with alpha.scope("partner_owner@p1"):
        assert not ContractVersion.objects.exists()


def test_after_the_time_new_deals_stop_and_running_ones_do_not(alpha: Tenant) -> None:
    with alpha.scope():
        market()
    running, kept = submitted(alpha), draft(alpha, legal_id="AB-2")
    version = publish(alpha)
    assert draft(alpha, legal_id="AB-3").pk
    run_late(alpha, version)
    with pytest.raises(Conflict) as refused:
        draft(alpha, legal_id="AB-4")
    assert refused.value.code == "contract_not_accepted"
    with pytest.raises(Conflict), alpha.scope("partner_owner@p1"):
        submit_deal(alpha.actors["partner_owner@p1"], ref=kept.ref)
    with alpha.scope("partner_owner@p1"):
        assert withdraw_deal(alpha.actors["partner_owner@p1"], ref=running.ref).state == "withdrawn"
    accept(alpha, version)
    with alpha.scope("partner_owner@p1"):
        assert submit_deal(alpha.actors["partner_owner@p1"], ref=kept.ref).submitted_at


def test_whoever_comes_later_has_the_same_time(alpha: Tenant) -> None:
    version = publish(alpha)
    run_late(alpha, version)
    with alpha.scope():
        assert not may_register_deals(alpha.partners["p2"])
    do(alpha, "programme_manager", start_onboarding, code="p2")
    with alpha.scope():
        assert may_register_deals(alpha.partners["p2"])
        Onboarding.objects.update(started_at=timezone.now() - timedelta(days=31))
        assert not may_register_deals(alpha.partners["p2"])


def test_a_contract_binds_its_roles_from_its_day_on(alpha: Tenant) -> None:
    contract = do(
        alpha, "programme_manager", services.save_contract, name="Distributors", roles=["distributor"]
    )
    tomorrow = timezone.now().date() + timedelta(days=1)
    version = publish(alpha, contract_id=contract.pk, valid_from=tomorrow)
    partner = alpha.partners["p1"]
    with alpha.scope():
        partner.roles = ["distributor"]
        assert standings_of(partner, tomorrow - timedelta(days=1)) == []
        assert [each.version.pk for each in standings_of(partner, tomorrow)] == [version.pk]
        partner.roles = ["reseller"]
        assert standings_of(partner, tomorrow) == []


def test_accepting_completes_the_step_and_closes_the_task(alpha: Tenant) -> None:
    do(alpha, "programme_manager", start_onboarding, code="p1")
    version = publish(alpha)
    deliver_events(alpha.system)
    told = {"kind": "contracts.published", "membership_id": alpha.actors["partner_owner@p1"].membership_id}
    with alpha.scope():
        assert Notification.objects.filter(**told, done_at=None).exists()
    accept(alpha, version)
    deliver_events(alpha.system)
    with alpha.scope():
        assert OnboardingStep.objects.get(kind="contract").state == "done"
        assert not Notification.objects.filter(**told, done_at=None).exists()
        other = alpha.actors["partner_owner@p2"].membership_id
        assert Notification.objects.filter(
            kind="contracts.published", membership_id=other, done_at=None
        ).exists()


def test_an_acceptance_on_paper_names_who_noted_it(alpha: Tenant) -> None:
    version = publish(alpha)
    given = {"version_id": version.pk, "partner": "p2", "person": "Ada"}
    with pytest.raises(Forbidden):
        do(alpha, "pam", services.record_acceptance, **given)
    found = do(alpha, "programme_manager", services.record_acceptance, **given)
    assert (found.person, found.recorded_by) == ("Ada", "programme_manager")
    with alpha.scope():
        left = {partner.code for partner in partners_without(alpha.actors["programme_manager"], version)}
    assert left == {"p1", "p1sub"}


def test_texts_are_drawn_without_anything_active() -> None:
    drawn = html_of(
        "# Title\n\n<script>alert(1)</script> [x](javascript:alert(1)) **b**\n\n![p](http://a/b.png)"
    )
    assert "<h2>Title</h2>" in drawn
    assert "<strong>b</strong>" in drawn
    assert "<script" not in drawn
    assert "href" not in drawn
    assert "<img" not in drawn
