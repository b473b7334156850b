"""What tiers do when others say that something happened, and what they tell those who warn of certificates."""

from typing import Any

from django.db.models import Q

from partners.models import Partner
from programs.enrolling import enrol, fits
from programs.enums import Asks
from programs.models import Certificate, Enrolment, Evidence, Programme, Tier
from programs.training.stakes import Stake, register
from tenancy.actors import Actor
from tenancy.outbox import on


@on("partners.activated")
def partner_activated(actor: Actor, payload: dict[str, Any]) -> None:
    """A partner that is through its onboarding begins in the main programme, where that is meant for it."""
    main = Programme.objects.filter(main=True, active=True).first()
    partner = Partner.objects.filter(pk=payload["partner_id"]).first()
    if main is None or partner is None or not fits(main, partner):
        return
    if Tier.objects.filter(programme=main).exists():
        enrol(actor, programme=main.code, partner_ids=[partner.pk])


def stake_of(certificate: Certificate) -> Stake | None:
    """The tier of the main programme that would not be met without this certificate."""
    rows = Evidence.objects.filter(
        partner_id=certificate.partner_id,
        enrolment__programme__main=True,
        requirement__asks=Asks.CERTIFICATES,
    )
    rows = rows.filter(
        Q(requirement__certification=None) | Q(requirement__certification=certificate.certification_id)
    )
    for row in rows.select_related("enrolment__tier", "requirement"):
        held: Enrolment = row.enrolment
        needs = row.requirement.tier_id == held.tier_id and row.met
        if needs and row.measured is not None and row.measured - 1 < row.needed:
            return Stake(held.tier)
    return None


register(stake_of)
