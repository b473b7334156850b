"""One standing changed by hand: tier, state, history, the partner's tier and the trail, in one step."""

from datetime import date

from django.utils import timezone

from partners.services.tiers import set_tiers
from programs.models import Enrolment, Evidence, Tier
from programs.requirements.measured import Fact
from programs.standing.storing import Step, store_history
from tenancy import audit
from tenancy.actors import Actor


def put(
    actor: Actor, enrolment: Enrolment, tier: Tier, state: str, due_on: date | None, *, text: str = ""
) -> None:
    """Bring a locked enrolment to ``tier`` and ``state``. Its ``former`` tier is the caller's to set before."""
    today = timezone.now().astimezone(actor.operator.zone).date()
    source, source_state = enrolment.tier, enrolment.state
    enrolment.tier, enrolment.state, enrolment.due_on, enrolment.target = tier, state, due_on, None
    if tier.pk != source.pk:
        enrolment.since = today
    enrolment.save()
    facts = {enrolment.partner_id: evidence_of(enrolment)}
    store_history(actor, [Step(enrolment, source, source_state, text)], facts, today)
    changes = {"tier": [source.code, tier.code], "state": [source_state, state]}
    audit.record(actor, "enrolment.change", enrolment, ref=enrolment.partner.code, changes=changes)
    if enrolment.programme.main:
        set_tiers(actor, {enrolment.partner_id: tier.code})


def evidence_of(enrolment: Enrolment) -> dict[int, Fact]:
    """What was found at the last evaluation, by requirement."""
    rows = Evidence.objects.filter(enrolment=enrolment)
    return {row.requirement_id: Fact(row.measured, row.needed, row.period) for row in rows}
