"""Which partners are in a programme."""

from collections.abc import Collection, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from partners.enums import PartnerState
from partners.models import Partner
from partners.services.tiers import CHUNK, set_tiers
from programs.enums import TierState
from programs.models import Enrolment, Evidence, Programme, Tier
from programs.standing.evaluating import evaluate_programme
from programs.standing.storing import Step, store_history
from tenancy import audit, outbox
from tenancy.actors import Actor
from tenancy.enums import Permission


def today_of(actor: Actor) -> date:
    """The operator's own day."""
    return timezone.now().astimezone(actor.operator.zone).date()


def fits(programme: Programme, partner: Partner) -> bool:
    """Whether the programme is meant for this partner, by its roles and layers."""
    by_role = not programme.roles or bool(set(programme.roles) & set(partner.roles))
    return by_role and (not programme.layers or bool(set(programme.layers) & set(partner.layers)))


def enrol(
    actor: Actor, *, programme: str, partner_ids: Collection[int], tier: str = "", evaluate: bool = True
) -> int:
    """Take partners into a programme at its lowest tier (or the one with the code ``tier``); returns how many are new.

    Those that are in it already, have ended or do not fit its roles and layers are left out. With ``evaluate`` they
    get the tier that they have earned at once, where the programme promotes at once.
    """
    actor.require(Permission.MANAGE_PROGRAMS)
    home = Programme.objects.select_for_update(no_key=True).filter(code=programme, active=True).first()
    if home is None:
        raise NotFound()
    first = _first_tier(home, tier)
    inside = Enrolment.objects.filter(programme=home).values("partner_id")
    partners = Partner.objects.filter(pk__in=list(partner_ids)).exclude(pk__in=inside)
    partners = partners.exclude(state=PartnerState.ENDED).order_by("pk")
    fitting = [partner for partner in partners if fits(home, partner)]
    today = today_of(actor)
    _store(actor, home, first, fitting, today)
    if evaluate and fitting:
        evaluate_programme(actor, home, partner_ids=[partner.pk for partner in fitting])
    return len(fitting)


def _first_tier(programme: Programme, code: str) -> Tier:
    tiers = Tier.objects.filter(programme=programme).order_by("rank")
    first: Tier | None = tiers.filter(code=code).first() if code else tiers.first()
    if first is None:
        raise InputError("no_tier", _("The programme needs a tier first."), "tier")
    return first


def _store(
    actor: Actor, programme: Programme, tier: Tier, partners: Collection[Partner], today: date
) -> None:
    rows = [
        Enrolment(programme=programme, partner=partner, tier=tier, state=TierState.HELD, since=today)
        for partner in partners
    ]
    Enrolment.objects.bulk_create(rows, batch_size=1000)
    store_history(actor, [Step(row, None, "") for row in rows], {}, today)
    if programme.main:
        set_tiers(actor, {partner.pk: tier.code for partner in partners})
    _announce([partner.pk for partner in partners])
    if rows:
        changes = {"partners": [partner.code for partner in list(partners)[:100]], "count": len(rows)}
        audit.record(actor, "programme.enrol", programme, changes=changes)


def _announce(partner_ids: Sequence[int]) -> None:
    """Who earns under a scheme may depend on programmes."""
    for start in range(0, len(partner_ids), CHUNK):
        ids = partner_ids[start : start + CHUNK]
        payload = {"kind": "partner", "ids": ids, "fields": ["programmes"], "partner_ids": ids}
        outbox.emit("partners.changed", payload)


def leave(actor: Actor, *, enrolment_id: int) -> None:
    """Take a partner out of a programme. Its history stays."""
    actor.require(Permission.MANAGE_PROGRAMS)
    rows = Enrolment.objects.select_for_update(no_key=True, of=("self",))
    row = rows.select_related("programme", "partner").filter(pk=enrolment_id).first()
    if row is None:
        raise NotFound()
    if row.exceptions.exists():
        raise Conflict("has_exceptions", _("This partner has had an exception: it stays in the programme."))
    Evidence.objects.filter(enrolment=row).delete()
    audit.record(actor, "programme.leave", row.programme, changes={"partner": row.partner.code})
    if row.programme.main:
        set_tiers(actor, {row.partner_id: ""})
    row.delete()
    _announce([row.partner_id])
