"""What tiers do when others say that something happened."""

from typing import Any

from partners.models import Partner
from programs.enrolling import enrol, fits
from programs.models import Programme, Tier
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
