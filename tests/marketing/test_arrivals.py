"""Leads from visitors and files."""

import json
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from catalog.models import Territory
from common.errors import Forbidden, Invalid
from marketing.enums import LeadSource, LeadState
from marketing.leads.importing import bring_leads
from marketing.leads.public import ask, visiting
from marketing.models import Lead, LeadContact
from performance.imports.master import Part
from tenancy.access import as_applicant
from tenancy.models import OutboxEvent
from tenancy.outbox import deliver
from tests.kit.imports import Reported
from tests.kit.world import Tenant
from tests.marketing.kit import BOSS, OWNER, contact, market

WISH = {
    "person": "سارا كريمي",
    "company": "شرکت کاوه",
    "email": "sara@kaveh.example",
    "phone": "۰۲۱ ۸۸۰۰ ۱۱۲۲",
    "country": "IR",
    "need": "start",
    "timing": "now",
    "layer": "security",
    "territory": "north",
    "text": "سه شعبه داریم.",
}


@pytest.fixture
def tenant(alpha: Tenant) -> Tenant:
    with alpha.scope():
        market()
    return alpha


def arrived(tenant: Tenant) -> Lead:
    with tenant.scope():
        while deliver(tenant.system):
            pass
        assert not OutboxEvent.objects.filter(attempts__gt=0).exists()
        found: Lead = Lead.objects.select_related("territory").get()
        return found


def test_what_a_visitor_wants_becomes_a_lead(tenant: Tenant) -> None:
    with visiting(tenant.operator) as places:
        assert [place.code for place in places] == ["north", "south"]
    ask(tenant.operator, language="fa", fields=WISH)
    row = arrived(tenant)
    assert (row.source, row.state, row.layer, row.timing) == (
        LeadSource.FORM,
        LeadState.OFFERED,
        "security",
        "now",
    )
    assert row.territory is not None
    assert row.territory.code == "north"
    who = contact(tenant, row)
    assert (who.person, who.language, who.text, who.partner_id) == (
        "سارا كريمي",
        "fa",
        "سه شعبه داریم.",
        None,
    )


def test_a_visitor_is_told_what_is_wrong_and_reads_nothing(tenant: Tenant) -> None:
    with pytest.raises(Invalid) as told:
        ask(
            tenant.operator, language="en", fields=WISH | {"email": "x", "territory": "west", "legal_id": "1"}
        )
    assert {error.field for error in told.value.errors} == {"email", "territory", "legal_id"}
    for model in (Lead, LeadContact):
        with (
            tenant.scope(BOSS),
            as_applicant(tenant.operator.pk),
            pytest.raises(ProgrammingError),
            transaction.atomic(),
        ):
            model.objects.count()


def test_what_ended_before_the_lead_arrived_is_left_out(tenant: Tenant) -> None:
    ask(tenant.operator, language="en", fields=WISH)
    with tenant.scope():
        Territory.objects.filter(code="north").update(active=False)
    row = arrived(tenant)
    assert row.territory is None
    assert contact(tenant, row).company == "شرکت کاوه"


def bring(
    tenant: Tenant, rows: list[dict[str, Any]], *, dry_run: bool = False, who: str = BOSS
) -> list[Part]:
    report = Reported()
    numbered = [(number + 2, row) for number, row in enumerate(rows)]
    bring_leads(tenant.actors[who], numbered, dry_run=dry_run, report=report)
    assert report.lasts == [number for number, _row in numbered]
    return report.parts


ROWS = [
    {"reference": "F-1", "company": "First", "email": "a@first.example", "size": "35", "product": "fiber"},
    {"reference": "F-2", "company": "Second", "email": "nonsense"},
    {"reference": "F-3", "company": "Third", "phone": "+971 4 123 4567", "partner": "p2"},
    {"reference": "F-4", "company": "First again", "email": "b@first.example", "product": "fiber"},
]


def test_a_file_brings_leads_and_says_what_it_refuses(tenant: Tenant) -> None:
    tried = bring(tenant, ROWS, dry_run=True)
    assert [part.created for part in tried] == [1, 0, 1, 1]
    with tenant.scope():
        assert Lead.objects.count() == 0
    first, second, third, fourth = bring(tenant, ROWS)
    assert (first.created, third.created, fourth.changed) == (1, 1, 1)
    ((line, errors),) = second.refused
    assert (line, [error.field for error in errors]) == (3, ["email"])
    with tenant.scope():
        one, other = Lead.objects.order_by("pk")
    assert (one.size, one.source, other.state) == ("small", LeadSource.FILE, LeadState.ACCEPTED)
    # The same file once more makes nothing.
    assert [part.unchanged for part in bring(tenant, [ROWS[0], ROWS[2]])] == [1, 1]
    with tenant.scope():
        assert Lead.objects.count() == 2


def test_partners_bring_in_no_leads(tenant: Tenant) -> None:
    (part,) = bring(tenant, ROWS[:1], who=OWNER)
    ((_line, errors),) = part.refused
    assert isinstance(errors[0], Forbidden)


def test_an_event_holds_what_was_said_and_nothing_else(tenant: Tenant) -> None:
    ask(tenant.operator, language="en", fields=WISH | {"product": "fiber", "customer": "c-1"})
    with tenant.scope():
        event = OutboxEvent.objects.get(topic="marketing.lead_asked")
    assert "fiber" not in json.dumps(event.payload)
    assert "customer" not in event.payload
