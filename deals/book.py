"""What deals say about the partners of a book."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from deals.enums import DealState
from deals.pipeline import STAGES
from deals.selectors import deals_for
from partners.book.enums import Side
from partners.book.registry import (
    Idea,
    Ids,
    Late,
    Part,
    Reading,
    Said,
    register_ideas,
    register_overdue,
    register_part,
)
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.settings import define

deals_weight = define("book.weight_deals", 15, _("Weight: open deals"), most=100)
enough_deals = define("book.enough_deals", 3, _("Open deals of a healthy partner"), _("deals"), least=1)
SOON = timedelta(days=14)


def open_deals(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """Enough open deals are full marks."""
    if not actor.can(Permission.VIEW_DEALS):
        return {}
    rows = deals_for(actor).filter(partner_id__in=partner_ids, state__in=STAGES).order_by()
    counted: dict[int, Any] = {
        row["partner_id"]: row
        for row in rows.values("partner_id").annotate(n=Count("pk"), value=Sum("value"))
    }
    found, enough = {}, enough_deals()
    for pk in partner_ids:
        row = counted.get(pk, {"n": 0, "value": None})
        money = {"amount": str(row["value"] or 0), "currency": actor.operator.currency}
        why = Said(_("%(number)s open deals worth %(value)s"), {"number": row["n"], "value": money})
        found[pk] = Reading(min(Decimal(row["n"]) / enough, Decimal(1)), why)
    return found


def late_deals(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """Decisions that the operator owes, and answers that the partner owes."""
    if not actor.can(Permission.VIEW_DEALS):
        return []
    begin = datetime.combine(today, time(), actor.operator.zone)
    rows = deals_for(actor).filter(partner_id__in=partner_ids)
    waiting = rows.filter(
        state__in=(DealState.SUBMITTED, DealState.UNDER_REVIEW), decision_due_at__lt=begin, paused_at=None
    )
    asked = rows.filter(state=DealState.INFORMATION_REQUIRED, answer_due_at__lt=begin)
    found = []
    for side, late, field, text in (
        (Side.OPERATOR, waiting, "decision_due_at", _("Decision on deal %(ref)s")),
        (Side.PARTNER, asked, "answer_due_at", _("Answer about deal %(ref)s")),
    ):
        for deal in late:
            due = getattr(deal, field).astimezone(actor.operator.zone).date()
            found.append(
                Late(deal.partner_id, side, Said(text, {"ref": deal.ref}), due, f"/deals/{deal.ref}/")
            )
    return found


def deal_ideas(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """Protections that end soon, and partners without any open deal."""
    if not actor.can(Permission.VIEW_DEALS):
        return []
    rows = list(deals_for(actor).filter(partner_id__in=partner_ids, state__in=STAGES))
    found: list[Idea] = []
    counted: dict[int, int] = defaultdict(int)
    for deal in rows:
        counted[deal.partner_id] += 1
        until = deal.protected_until
        if deal.state == DealState.APPROVED and until and today <= until <= today + SOON:
            said = {"ref": deal.ref, "customer": deal.customer_name, "day": until}
            why = Said(_("The protection of %(ref)s (%(customer)s) ends on %(day)s"), said)
            found.append(
                Idea(deal.partner_id, 70, "shield-half", why, _("Ask how it stands"), f"/deals/{deal.ref}/")
            )
    for pk in partner_ids:
        if not counted[pk]:
            why = Said(_("There is no open deal"))
            found.append(Idea(pk, 30, "briefcase", why, _("Look at the pipeline"), "/pipeline/"))
    return found


register_part(Part("deals", _("Open deals"), deals_weight, open_deals))
register_overdue("deals", late_deals)
register_ideas("deals", deal_ideas)
