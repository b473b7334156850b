"""Contact requests of the directory become leads when the product is brought up to date."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from marketing.models import Lead, LeadContact, LeadOffer
from tests.kit.world import Tenant, make_tenant
from workflow.models import Message, Transition

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ASKED = """
insert into programs_contactrequest
  (operator_id, partner_id, state, name, company, email, phone, city, text, language, received_at, answered_at, deal)
values (%s, %s, %s, 'Sara', %s, 's@c.example', '', 'Shiraz', 'Firewall', 'fa', now() - interval '9 days', %s, %s) returning id
"""


def owner(sql: str, values: list[Any]) -> Any:
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone() if cursor.description else None


def test_questions_become_leads_with_all_that_was_said_about_them(transactional_db: Any) -> None:
    tenant: Tenant = make_tenant("alpha")
    try:
        call_command("migrate", "marketing", "0001", database="owner", verbosity=0)
        op, partner = tenant.operator.pk, tenant.partners["p1"].pk
        ids = {}
        for state, deal in (("new", ""), ("answered", ""), ("closed", ""), ("answered", "D-000007")):
            (pk,) = owner(ASKED, [op, partner, state, f"Company {state}{deal}", None, deal])
            ids[f"{state}{deal}"] = pk
        for source, target in (("", "new"), ("new", "answered"), ("answered", "closed")):
            owner(
                "insert into workflow_transition (operator_id, object_type, object_id, partner_id, source, target, actor,"
                " reason, text, internal) values (%s, 'programs.contactrequest', %s, %s, %s, %s, 'x', '', '', false)",
                [op, ids["closed"], partner, source, target],
            )
        owner(
            "insert into workflow_message (operator_id, object_type, object_id, partner_id, author, by_partner, text, internal)"
            " values (%s, 'programs.contactrequest', %s, %s, 'x', true, 'Called', false)",
            [op, ids["new"], partner],
        )
    finally:
        call_command("migrate", database="owner", verbosity=0)
    with tenant.scope("partner_owner@p1"):
        leads = {lead.external_id: lead for lead in Lead.objects.order_by("pk")}
        states = {name: leads[f"contact-{pk}"].state for name, pk in ids.items()}
        assert states == {
            "new": "accepted",
            "answered": "contacted",
            "closed": "lost",
            "answeredD-000007": "converted",
        }
        assert [lead.ref for lead in leads.values()] == ["L-000001", "L-000002", "L-000003", "L-000004"]
        assert (
            LeadContact.objects.filter(person="Sara", text="Firewall", search_key__contains="shiraz").count()
            == 4
        )
        assert LeadOffer.objects.filter(state="accepted").count() == 4
        lost = leads[f"contact-{ids['closed']}"]
        lines = Transition.objects.filter(object_type="marketing.lead", object_id=lost.pk).order_by("pk")
        assert [(line.source, line.target) for line in lines] == [
            ("", "new"),
            ("new", "contacted"),
            ("contacted", "lost"),
        ]
        said = Message.objects.get(object_type="marketing.lead")
        assert said.object_id == leads[f"contact-{ids['new']}"].pk
    with tenant.scope("partner_owner@p2"):
        assert Lead.objects.count() == LeadContact.objects.count() == 0
