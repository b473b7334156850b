"""After the grace a person decides: one tier lower, or some more time."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from programs.enums import TierState
from programs.models import Enrolment, Tier
from programs.notices import DEMOTED, WARNINGS, tell
from programs.numbers import demotion_levels, grace_days
from programs.requirements.windows import last_day
from programs.standing.history import put
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import done


def confirm_demotion(actor: Actor, *, enrolment_id: int, text: str = "") -> Enrolment:
    """Put a partner whose grace is over one tier (by the operator's setting, more) lower.

    Its benefits run on to the end of the review period. Raises ``Conflict`` while the grace runs.
    """
    enrolment = _in_grace(actor, enrolment_id)
    today = timezone.now().astimezone(actor.operator.zone).date()
    if enrolment.due_on is None or enrolment.due_on >= today:
        raise Conflict("in_grace", _("The grace is not over yet."))
    lower = list(
        Tier.objects.filter(programme=enrolment.programme, rank__lt=enrolment.tier.rank).order_by("-rank")
    )
    if not lower:
        raise Conflict("lowest", _("This is the lowest tier; the partner can only leave the programme."))
    new = lower[: demotion_levels()][-1]
    enrolment.former = enrolment.tier
    enrolment.former_until = last_day(actor.operator, enrolment.programme.review_period, today)
    put(actor, enrolment, new, TierState.HELD, None, text=text.strip())
    done(enrolment, WARNINGS)
    tell(DEMOTED, enrolment, tier=new, until=enrolment.former_until)
    return enrolment


def extend_grace(actor: Actor, *, enrolment_id: int, text: str) -> Enrolment:
    """Give a partner as much grace again, for a reason."""
    enrolment = _in_grace(actor, enrolment_id)
    if not text.strip():
        raise InputError("required", _("Give a reason."), "text")
    today = timezone.now().astimezone(actor.operator.zone).date()
    until = today + timedelta(days=grace_days())
    put(actor, enrolment, enrolment.tier, TierState.GRACE, until, text=text.strip())
    done(enrolment, WARNINGS)
    return enrolment


def _in_grace(actor: Actor, pk: int) -> Enrolment:
    actor.require(Permission.MANAGE_PROGRAMS)
    rows = Enrolment.objects.select_for_update(no_key=True, of=("self",))
    found: Enrolment | None = rows.select_related("programme", "partner", "tier").filter(pk=pk).first()
    if found is None:
        raise NotFound()
    if found.state != TierState.GRACE:
        raise Conflict("not_in_grace", _("This partner is not in grace."))
    return found
