"""Drafts: begun by a partner or for one, filled little by little, removed or submitted."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError
from deals.enums import DealSource, DealState
from deals.fields import fill, store_lines
from deals.identity import lock_keys
from deals.models import Deal, DealCounter, DealLine
from deals.numbers import resubmissions_most
from deals.office import check_active, check_contracts, open_deal
from deals.services.steps import today_of, touch
from partners.models import Partner
from partners.selectors import own_company, partners_for
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import note

REGISTER = Permission.REGISTER_DEALS
#: What a resubmission takes over from the rejected registration.
COPIED = (
    "partner_id",
    "rep_id",
    "programme",
    "engagement_model",
    "customer_name",
    "search_key",
    "legal_id",
    "country",
    "customer_number",
    "domain",
    "city",
    "territory_id",
    "segment_id",
    "contact_name",
    "contact_email",
    "contact_phone",
    "expected_close",
    "value",
    "currency",
    "description",
    "presales",
    "competitor",
    "mdf_used",
    "help_wanted",
)
_NEXT = f"""
insert into {DealCounter._meta.db_table} as c (operator_id, name, value) values ((select app.op()), 'deal', 1)
on conflict (operator_id, name) do update set value = c.value + 1 returning value
"""


def create_draft(
    actor: Actor,
    *,
    fields: Mapping[str, Any],
    partner: str = "",
    source: str = DealSource.PORTAL,
    external_id: str = "",
    draft_key: str = "",
    lenient: bool = False,
) -> Deal:
    """A new draft. ``fields`` as in ``deals.fields``; staff name the ``partner`` by its code, a partner's people must not.

    Raises ``Invalid``; ``lenient`` keeps what can be read and leaves the rest out. The same ``draft_key`` again, at once
    too, goes on with the draft that it began.
    """
    actor.require(REGISTER)
    company = _company(actor, partner)
    with office(actor):
        begun = _begun(company, draft_key)
        if begun is not None:
            return change_draft(actor, ref=begun, fields=fields, lenient=lenient)
        deal: Deal = Deal(
            ref=_next_ref(),
            partner=company,
            source=source,
            external_id=external_id,
            draft_key=draft_key,
            author_id=actor.membership_id,
            author_name=actor.name,
            currency=actor.operator.currency,
        )
        if actor.is_partner:
            check_active(deal)
        check_contracts(company)
        _write(deal, fields, lenient)
        note(actor, deal, "", deal.state)
        audit.record(actor, "deal.create", deal)
    return deal


def _begun(company: Partner, draft_key: str) -> str | None:
    """The number of the draft that this form began; whoever comes second waits for the first."""
    if not draft_key:
        return None
    lock_keys([f"draft:{company.pk}:{draft_key}"])
    found = Deal.objects.filter(partner=company, draft_key=draft_key)
    return found.values_list("ref", flat=True).first()


def _company(actor: Actor, code: str) -> Partner:
    if actor.is_partner:
        company = own_company(actor)
        if code and code != company.code:
            raise InputError("not_yours", _("You register deals for your own company."), "partner")
        return company
    if not code:
        raise InputError("required", _("Name the partner."), "partner")
    found = partners_for(actor).filter(code=code).first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "partner", {"code": code})
    return found


def _next_ref() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT)
        return f"D-{cursor.fetchone()[0]:06d}"


def _write(deal: Deal, fields: Mapping[str, Any], lenient: bool) -> None:
    lines = fill(deal, fields, lenient=lenient)
    deal.save()
    if lines is not None:
        deal.value = store_lines(deal, lines)
        deal.save(update_fields=["value"])


def change_draft(
    actor: Actor, *, ref: str, fields: Mapping[str, Any], version: int | None = None, lenient: bool = False
) -> Deal:
    """Change a draft. Raises ``Invalid``, ``StaleVersion``, ``Conflict("not_a_draft")``."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state != DealState.DRAFT:
            raise Conflict("not_a_draft", _("Only a draft can be changed as a whole."))
        _write(deal, fields, lenient)
        deal.version += 1
        deal.save(update_fields=["version", "updated_at"])
    return deal


def delete_draft(actor: Actor, *, ref: str, version: int | None = None) -> None:
    """Remove a draft for good."""
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state != DealState.DRAFT:
            raise Conflict("not_a_draft", _("Only a draft can be deleted; withdraw the deal instead."))
        audit.record(actor, "deal.delete", deal)
        deal.delete()


def resubmit_deal(actor: Actor, *, ref: str) -> Deal:
    """A new draft with what a rejected registration held. The rejected one stays as it is."""
    with open_deal(actor, ref, REGISTER) as deal:
        if deal.state != DealState.REJECTED:
            raise Conflict("not_rejected", _("Only a rejected deal can be submitted again."))
        if deal.resubmissions >= resubmissions_most():
            raise Conflict("resubmitted_enough", _("This deal was submitted again as often as possible."))
        if Deal.objects.filter(follows=deal).exists():
            raise Conflict("resubmitted", _("This deal was submitted again already."))
        again = _copy(actor, deal)
        note(actor, again, "", again.state, reason="resubmit", text=deal.ref)
        audit.record(actor, "deal.resubmit", again, changes={"follows": [None, deal.ref]})
    return again


def _copy(actor: Actor, deal: Deal) -> Deal:
    again: Deal = Deal(
        ref=_next_ref(),
        follows=deal,
        resubmissions=deal.resubmissions + 1,
        source=deal.source,
        author_id=actor.membership_id,
        author_name=actor.name,
        **{name: getattr(deal, name) for name in COPIED},
    )
    again.save()
    lines: Sequence[DealLine] = list(DealLine.objects.filter(deal=deal))
    for line in lines:
        line.pk, line.deal, line._state.adding = None, again, True
    DealLine.objects.bulk_create(lines)
    return again


def note_progress(actor: Actor, *, ref: str, text: str, version: int | None = None) -> Deal:
    """An update about a protected deal: a dated line of pre-sales work, and a sign that it is alive."""
    if not text.strip():
        raise InputError("required", _("Write something."), "text")
    with open_deal(actor, ref, REGISTER, version=version) as deal:
        if deal.state != DealState.APPROVED:
            raise Conflict("not_protected", _("Only a protected deal has updates."))
        today = today_of(deal).isoformat()
        deal.presales = [*deal.presales, {"day": today, "text": text.strip()[:1000]}]
        touch(actor, deal, "progress", ["presales"], text=text.strip()[:1000])
    return deal
