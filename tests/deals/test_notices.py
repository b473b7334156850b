"""Who is told at each step, and that what was asked of several people is done once one of them has done it."""

from decimal import Decimal
from typing import Any

import pytest

from deals.models import Deal
from deals.quotes import accept_quote, create_quote, send_quote
from deals.services.amendments import propose_line, refuse_line
from deals.services.closing import lose_deal, win_deal
from deals.services.extensions import approve_extension, request_extension
from deals.services.review import approve_deal, reject_deal, request_information, take_deal
from deals.services.submission import submit_deal, withdraw_deal
from deals.services.waiting import take_offer
from tenancy import outbox
from tests.deals.kit import automatic, market, submitted, today
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


class Mailbox:
    """What is told to whom since it was last looked into: kind -> roles (with the company's code)."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.seen = tenant, 0

    def __call__(self) -> dict[str, set[str]]:
        names = {actor.membership_id: name for name, actor in self.tenant.actors.items()}
        found: dict[str, set[str]] = {}
        with self.tenant.scope():
            while outbox.deliver(self.tenant.system):
                pass
            rows = Notification.objects.filter(pk__gt=self.seen).order_by("pk")
            for row in rows:
                found.setdefault(row.kind.removeprefix("deals."), set()).add(names[row.membership_id])
                self.seen = row.pk
        return found


#: Who sees the deals of p1, and those of p2, which is in nobody's book.
OURS, THEIRS = {"partner_owner@p1", "partner_seller@p1"}, {"partner_owner@p2", "partner_seller@p2"}
BOOK, DECIDERS = {"pam"}, {"programme_manager"}
RIVAL = "partner_owner@p2"


def act(tenant: Tenant, who: str, step: Any, deal: Deal, **given: Any) -> Any:
    with tenant.scope(who):
        return step(tenant.actors[who], ref=deal.ref, **given)


def test_each_side_is_told_at_each_step(ground: Tenant) -> None:
    told = Mailbox(ground)
    deal = submitted(ground)
    assert told() == {"submitted": BOOK}
    act(ground, "pam", take_deal, deal)
    assert told() == {"taken": OURS}
    act(ground, "pam", request_information, deal, reason="other", fields=["city"])
    assert told() == {"question": OURS}
    act(ground, OWNER, submit_deal, deal)
    assert told() == {"answered": BOOK}
    act(ground, "pam", approve_deal, deal)
    assert told() == {"approved": OURS}
    rival = submitted(ground, RIVAL)
    assert told() == {"duplicate": THEIRS | DECIDERS}
    act(ground, OWNER, request_extension, deal, evidence="The board decides next month.")
    assert told() == {"extension_asked": BOOK}
    act(ground, "pam", approve_extension, deal)
    assert told() == {"extension_decided": OURS}
    act(ground, OWNER, lose_deal, deal, reason="price", competitor="X")
    assert told() == {"closed": BOOK, "offer": THEIRS}
    act(ground, RIVAL, take_offer, rival)
    assert told() == {"submitted": DECIDERS}
    act(ground, "programme_manager", reject_deal, rival, reason="incomplete")
    assert told() == {"rejected": THEIRS}


def test_what_staff_does_for_a_partner_and_rules_do_alone_is_told_to_both(ground: Tenant) -> None:
    automatic(ground)
    told = Mailbox(ground)
    deal = submitted(ground)
    assert told() == {"approved": OURS | BOOK}
    act(ground, "pam", win_deal, deal, amount=Decimal(5), won_on=today())
    assert told() == {"closed": OURS | BOOK}
    other = submitted(ground, legal_id="AB-2")
    told()
    act(ground, "pam", withdraw_deal, other)
    assert told() == {"closed": OURS | BOOK}


def test_a_quote_is_told_to_the_other_side(ground: Tenant) -> None:
    deal, told = submitted(ground), Mailbox(ground)
    told()
    pam, owner = ground.actors["pam"], ground.actors[OWNER]
    with ground.scope("pam"):
        number = create_quote(pam, deal=deal.ref).number
        send_quote(pam, number=number)
    assert told() == {"quote_sent": OURS}
    with ground.scope(OWNER):
        accept_quote(owner, number=number)
    assert told() == {"quote_accepted": BOOK}
