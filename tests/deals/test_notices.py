"""What was asked of several people is done for all of them once one has done it."""

import pytest

from deals.models import Deal
from deals.services.amendments import propose_line, refuse_line
from deals.services.extensions import approve_extension, request_extension
from deals.services.review import approve_deal, request_information
from deals.services.submission import submit_deal
from tenancy import outbox
from tests.deals.kit import market, submitted
from tests.kit.world import Tenant
from workflow.models import Notification

OWNER = "partner_owner@p1"


@pytest.fixture
def ground(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def open_kinds(tenant: Tenant) -> set[str]:
    """Kinds of notices that still ask for something, of anybody."""
    with tenant.scope():
        while outbox.deliver(tenant.system):
            pass
        rows = Notification.objects.filter(done_at=None, urgency="action")
        return set(rows.values_list("kind", flat=True))


def test_a_decision_closes_what_was_asked_whoever_took_it(ground: Tenant) -> None:
    deal: Deal = submitted(ground)
    assert open_kinds(ground) == {"deals.submitted"}
    pam, manager, owner = ground.actors["pam"], ground.actors["programme_manager"], ground.actors[OWNER]
    with ground.scope("pam"):
        request_information(pam, ref=deal.ref, reason="other", fields=["city"], text="Which city?")
    assert open_kinds(ground) == {"deals.question"}
    with ground.scope(OWNER):
        submit_deal(owner, ref=deal.ref)
    assert open_kinds(ground) == {"deals.answered"}
    with ground.scope("programme_manager"):
        approve_deal(manager, ref=deal.ref)
    assert open_kinds(ground) == set()
    with ground.scope(OWNER):
        line = propose_line(owner, ref=deal.ref, line={"product": "waf", "quantity": "1", "amount": "5"})
        request_extension(owner, ref=deal.ref, evidence="They need a month more.")
    assert open_kinds(ground) == {"deals.amended", "deals.extension_asked"}
    with ground.scope("pam"):
        refuse_line(pam, ref=deal.ref, line_id=line.pk, text="Not this one")
        assert open_kinds(ground) == {"deals.extension_asked"}
        approve_extension(pam, ref=deal.ref)
    assert open_kinds(ground) == set()
