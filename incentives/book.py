"""Disputes that the operator owes an answer to."""

from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from incentives.disputes import disputes_for
from incentives.states import DisputeState
from partners.book.enums import Side
from partners.book.registry import Ids, Late, Said, register_overdue
from tenancy.actors import Actor
from tenancy.enums import Permission


def late_disputes(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """Without a first answer, or without a decision, after its time."""
    if not actor.can(Permission.VIEW_STATEMENTS):
        return []
    begin = datetime.combine(today, time(), actor.operator.zone)
    dues = {DisputeState.SUBMITTED: "due_first", DisputeState.IN_REVIEW: "due_resolution"}
    found = []
    for dispute in disputes_for(actor).filter(partner_id__in=partner_ids, state__in=list(dues)):
        due = getattr(dispute, dues[DisputeState(dispute.state)])
        if due is not None and due < begin:
            what = Said(_("Dispute about %(number)s"), {"number": dispute.line.statement.number})
            day = due.astimezone(actor.operator.zone).date()
            found.append(Late(dispute.partner_id, Side.OPERATOR, what, day, f"/disputes/{dispute.pk}/"))
    return found


register_overdue("disputes", late_disputes)
