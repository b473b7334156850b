"""What goals and certificates say about the partners of a book."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

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
from programs.enums import CertificateState
from programs.goals.machine import WAITING
from programs.goals.selectors import goals_for, running_goals
from programs.models import Certificate, Goal
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import names_of
from workflow.settings import define

certificates_weight = define("book.weight_certificates", 10, _("Weight: certificates"), most=100)
answer_days = define("goals.answer_days", 7, _("An offer for a goal is answered within"), _("days"), least=1)
SOON = timedelta(days=60)
VALID = (CertificateState.PASSED, CertificateState.EXPIRING)


def certificates(actor: Actor, partner_ids: Ids, today: date) -> dict[int, Reading]:
    """The share of valid certificates that do not end soon; none at all is nothing."""
    counted: dict[int, list[int]] = {pk: [0, 0] for pk in partner_ids}
    rows = Certificate.objects.filter(partner_id__in=partner_ids, state__in=VALID)
    for partner_id, until in rows.values_list("partner_id", "valid_until"):
        if until is None or until >= today:
            counted[partner_id][0] += 1
            counted[partner_id][1] += until is not None and until - today <= SOON
    found = {}
    for pk, (valid, soon) in counted.items():
        why = Said(_("%(valid)s valid certificates, %(soon)s end soon"), {"valid": valid, "soon": soon})
        found[pk] = Reading(Decimal(valid - soon) / valid if valid else Decimal(0), why)
    return found


def unanswered(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """Offers that wait too long for one side."""
    if not actor.can(Permission.VIEW_PLANS):
        return []
    found, most = [], timedelta(days=answer_days())
    for goal in goals_for(actor).filter(partner_id__in=partner_ids, state__in=WAITING):
        due = goal.offered_at.date() + most if goal.offered_at else today
        if due < today:
            side = Side.OPERATOR if goal.by_partner else Side.PARTNER
            what = Said(_("Answer to the goal %(kpi)s"), {"kpi": names_of(goal.kpi)})
            found.append(Late(goal.partner_id, side, what, due, f"/goals/{goal.pk}/"))
    return found


def goal_ideas(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """Offers to answer, and goals that fall behind."""
    if not actor.can(Permission.VIEW_PLANS):
        return []
    found = [_answer(goal) for goal in goals_for(actor).filter(
        partner_id__in=partner_ids, state__in=WAITING, by_partner=True
    )]  # fmt: skip
    for far in running_goals(actor, today):
        if far.goal.partner_id in partner_ids and far.behind:
            said = {
                "kpi": names_of(far.goal.kpi), "share": {"share": far.share}, "passed": {"share": far.passed},
            }  # fmt: skip
            why = Said(_("%(kpi)s is at %(share)s with %(passed)s of the time over"), said)
            path = f"/goals/{far.goal.pk}/"
            found.append(Idea(far.goal.partner_id, 60, "target-arrow", why, _("Talk about the gap"), path))
    return found


def _answer(goal: Goal) -> Idea:
    why = Said(_("The partner made an offer for the goal %(kpi)s"), {"kpi": names_of(goal.kpi)})
    return Idea(goal.partner_id, 80, "message-question", why, _("Answer it"), f"/goals/{goal.pk}/")


def ending(actor: Actor, partner_ids: Ids, today: date) -> list[Idea]:
    """Certificates that end soon."""
    rows = Certificate.objects.filter(
        partner_id__in=partner_ids, state__in=VALID, valid_until__gte=today, valid_until__lte=today + SOON
    ).select_related("partner")
    by_partner: dict[int, list[Certificate]] = defaultdict(list)
    for row in rows.order_by("valid_until"):
        by_partner[row.partner_id].append(row)
    found = []
    for pk, ends in by_partner.items():
        said = {"number": len(ends), "day": ends[0].valid_until}
        why = Said(_("%(number)s certificates end soon, the first on %(day)s"), said)
        path = f"/meetings/new/?partner={ends[0].partner.code}"
        found.append(Idea(pk, 50, "certificate", why, _("Remind the partner"), path))
    return found


register_part(Part("certificates", _("Certificates"), certificates_weight, certificates))
register_overdue("goals", unanswered)
register_ideas("goals", goal_ideas)
register_ideas("certificates", ending)
