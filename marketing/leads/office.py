"""How services get at a lead: looked up in the actor's own sight, locked and worked on as the operator's office."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from marketing.leads.selectors import get_lead, why_gone
from marketing.models import Lead
from partners.enums import PartnerState
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.versions import check_version


def lock_routing() -> None:
    """One decision at a time at an operator: each counts the leads that the earlier ones gave. Held to the end.

    It comes before the lock of any lead, so that two steps queue up instead of waiting for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('leads', (select app.op())))")


@contextmanager
def open_lead(
    actor: Actor, ref: str, permission: Permission, *, version: int | None = None, routing: bool = False
) -> Iterator[Lead]:
    """The lead, locked, for one step; ``routing`` where the step may send it on.

    Raises ``NotFound``, ``Forbidden``, ``StaleVersion``; ``Conflict`` that tells what became of it where the company had it.
    """
    actor.require(permission)
    found = get_lead(actor, ref)
    with office(actor):
        if routing:
            lock_routing()
        lead = locked(found.pk)
        if actor.is_partner:
            _check_holder(actor, lead)
        check_version(version, lead, _("This lead was changed in the meantime. Reload and try again."))
        yield lead


def locked(pk: int) -> Lead:
    lead: Lead = Lead.objects.select_for_update(no_key=True).get(pk=pk)
    return lead


def _check_holder(actor: Actor, lead: Lead) -> None:
    """While the step waited for the lock, the lead may have gone on."""
    if lead.partner_id is None or lead.partner_id != actor.partner_id:
        raise why_gone(actor, lead.ref)
    if lead.partner is not None and lead.partner.state != PartnerState.ACTIVE:
        raise Conflict("partner_suspended", _("The company is not active, so it cannot work on leads."))


def require_staff(actor: Actor) -> None:
    actor.require(Permission.MANAGE_LEADS)
    if not actor.is_staff:
        raise Forbidden()
