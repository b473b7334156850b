"""A partnership is suspended, resumed and ended, at once or on a later day."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.errors import Conflict, Forbidden, InputError
from partners.models import Onboarding, Partner
from partners.onboarding.running import start_onboarding
from partners.services import life
from performance.tasks import deliver_events
from tenancy.models import Membership
from tests.deals.kit import draft, market
from tests.kit.world import Tenant
from workflow.models import Notification, Timer
from workflow.states import history
from workflow.timers import fire_due

BOSS = "programme_manager"


def change(tenant: Tenant, state: str, who: str = BOSS, **more: Any) -> None:
    with tenant.scope(who):
        life.change_state(tenant.actors[who], code="p1", state=state, **({"text": "Because"} | more))
    deliver_events(tenant.system)


def partner(tenant: Tenant) -> Partner:
    with tenant.scope():
        found: Partner = Partner.objects.get(code="p1")
        return found


def logins(tenant: Tenant) -> set[str]:
    with tenant.scope():
        found = Membership.objects.filter(partner__code="p1", active=True)
        return set(found.values_list("role", flat=True))


def test_a_suspension_freezes_new_deals_and_can_be_lifted(alpha: Tenant) -> None:
    with alpha.scope():
        market()
    change(alpha, "suspended")
    with pytest.raises(Conflict):
        draft(alpha)
    change(alpha, "active")
    assert draft(alpha).pk
    with alpha.scope():
        lines = [(line.source, line.target, line.text) for line in history(partner(alpha))]
        assert ("active", "suspended", "Because") in lines
        assert Notification.objects.filter(kind="partners.state").count() == 4


def test_a_reason_and_the_right_are_needed(alpha: Tenant) -> None:
    with pytest.raises(InputError) as refused:
        change(alpha, "suspended", text=" ")
    assert refused.value.field == "text"
    with pytest.raises(Forbidden):
        change(alpha, "suspended", "pam")
    with pytest.raises(InputError):
        change(alpha, "onboarding")


def test_an_end_takes_logins_and_the_checklist(alpha: Tenant) -> None:
    with alpha.scope(BOSS):
        start_onboarding(alpha.actors[BOSS], code="p1")
    change(alpha, "ended")
    deliver_events(alpha.system)
    assert partner(alpha).state == "ended"
    assert logins(alpha) == {"partner_owner", "partner_finance"}
    with alpha.scope():
        assert Onboarding.objects.get().state == "stopped"


def test_a_later_end_comes_by_itself_unless_it_is_called_off(alpha: Tenant) -> None:
    today = timezone.now().date()
    with pytest.raises(InputError):
        change(alpha, "ended", ends_on=today - timedelta(days=1))
    change(alpha, "ended", ends_on=today + timedelta(days=10))
    assert partner(alpha).state == "active"
    with alpha.scope():
        assert (Timer.objects.get(kind="partners.end").due_at.date() - today).days == 11
        Timer.objects.filter(kind="partners.end").update(due_at=timezone.now())
        Partner.objects.filter(code="p1").update(ends_on=None)
        fire_due(alpha.system)
    assert partner(alpha).state == "active"
    change(alpha, "ended", ends_on=today + timedelta(days=3))
    with alpha.scope():
        Timer.objects.filter(kind="partners.end").update(due_at=timezone.now())
        fire_due(alpha.system)
    assert partner(alpha).state == "ended"


def test_a_partner_on_its_way_in_becomes_active_by_its_checklist_only(alpha: Tenant) -> None:
    with alpha.scope():
        Partner.objects.filter(code="p1").update(state="onboarding")
    with pytest.raises(Conflict):
        change(alpha, "active")
