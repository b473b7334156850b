"""Longer protection: asked for by the partner with evidence, decided by the operator's people."""

from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from deals.enums import DealState, ExtensionState
from deals.models import Deal, Extension
from deals.notices import ENDS, EXTENSION_ASKED, EXTENSION_DECIDED, tell_partner, tell_reviewers
from deals.numbers import extension_days, extension_keeps_days, extensions_most
from deals.office import open_deal
from deals.services.closing import expire
from deals.services.steps import calendar_of, moment, start_protection, today_of, touch
from deals.slots import families_of, hold_slots
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import done


def request_extension(actor: Actor, *, ref: str, evidence: str, version: int | None = None) -> Extension:
    """Ask for longer protection, before it ends. One request at a time, as many in all as the operator grants."""
    if not evidence.strip():
        raise InputError("required", _("Say what has happened and why more time is needed."), "evidence")
    with open_deal(actor, ref, Permission.REGISTER_DEALS, version=version) as deal:
        until = _check_askable(deal)
        extension: Extension = Extension.objects.create(
            deal=deal,
            partner_id=deal.partner_id,
            days=extension_days(),
            evidence=evidence.strip()[:4000],
            requested_by=actor.name,
            old_until=until,
            kept_until=calendar_of(deal).add_days(until, extension_keeps_days()),
        )
        touch(actor, deal, "extension_requested", text=extension.evidence)
        tell_reviewers(EXTENSION_ASKED, deal)
    return extension


def _check_askable(deal: Deal) -> date:
    until = deal.protected_until
    if deal.state != DealState.APPROVED or until is None or until < today_of(deal):
        raise Conflict("not_protected", _("Only a protected deal can be extended."))
    past = Extension.objects.filter(deal=deal)
    if past.filter(state=ExtensionState.REQUESTED).exists():
        raise Conflict("extension_pending", _("A request is waiting already."))
    if past.filter(state=ExtensionState.APPROVED).count() >= extensions_most():
        raise Conflict("extended_enough", _("This deal was extended as often as possible."))
    return until


def approve_extension(actor: Actor, *, ref: str, text: str = "", version: int | None = None) -> Deal:
    """Protect the deal for longer, counted from its old last day."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        extension = _pending(deal)
        if deal.state != DealState.APPROVED:
            raise Conflict("not_protected", _("Only a protected deal can be extended."))
        until = extension.old_until + timedelta(days=extension.days)
        _settle(actor, extension, ExtensionState.APPROVED, text)
        start_protection(deal, until)
        hold_slots(deal, families_of(deal), until)
        touch(actor, deal, "extension_approved", ["protected_until"], text=text)
        tell_partner(EXTENSION_DECIDED, deal)
    return deal


def reject_extension(actor: Actor, *, ref: str, text: str, version: int | None = None) -> Deal:
    """Refuse, with words. A deal that only the request kept alive ends with it."""
    if not text.strip():
        raise InputError("reason_required", _("Give a reason."), "text")
    with open_deal(actor, ref, Permission.DECIDE_DEALS, version=version) as deal:
        _settle(actor, _pending(deal), ExtensionState.REJECTED, text)
        touch(actor, deal, "extension_rejected", text=text)
        tell_partner(EXTENSION_DECIDED, deal)
        _end_if_over(actor, deal)
    return deal


def withdraw_extension(actor: Actor, *, ref: str, version: int | None = None) -> Deal:
    with open_deal(actor, ref, Permission.REGISTER_DEALS, version=version) as deal:
        _settle(actor, _pending(deal), ExtensionState.WITHDRAWN, "")
        touch(actor, deal, "extension_withdrawn")
        _end_if_over(actor, deal)
    return deal


def _end_if_over(actor: Actor, deal: Deal) -> None:
    """The day is over and nothing keeps the deal any longer: as the timer would have done."""
    if deal.protected_until is not None and deal.protected_until < today_of(deal):
        expire(actor, deal)


def _pending(deal: Deal) -> Extension:
    found: Extension | None = Extension.objects.filter(deal=deal, state=ExtensionState.REQUESTED).first()
    if found is None:
        raise NotFound("no_request", _("No request is waiting."))
    return found


def _settle(actor: Actor, extension: Extension, state: str, text: str) -> None:
    extension.state, extension.reason = state, text.strip()
    extension.decided_by, extension.decided_at = actor.name, moment()
    extension.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    done(extension.deal, [EXTENSION_ASKED, ENDS] if state == ExtensionState.APPROVED else [EXTENSION_ASKED])
