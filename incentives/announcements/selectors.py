"""Reads of announcements and confirmations, cut to what an actor may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from common.errors import NotFound
from incentives.accrual.eligibility import is_eligible
from incentives.accrual.readings import profiles
from incentives.models import Acknowledgement, SchemeVersion
from incentives.overview import today_of
from incentives.selectors import get_scheme, versions_of
from partners.models import Partner
from partners.selectors import partners_for
from tenancy.actors import Actor
from tenancy.enums import Permission


def get_version(actor: Actor, code: str, number: int) -> SchemeVersion:
    """A version that the actor may read: staff every one, a partner the published ones that it is eligible for or that
    belong to a scheme it earned from. Raises ``NotFound``.
    """
    scheme = get_scheme(actor, code)
    version: SchemeVersion | None = versions_of(actor, scheme).filter(number=number).first()
    if version is None:
        raise NotFound()
    return version


def version_before(version: SchemeVersion) -> SchemeVersion | None:
    """The published version that ``version`` takes over from."""
    older = SchemeVersion.objects.filter(
        scheme_id=version.scheme_id, number__lt=version.number, published_at__isnull=False
    )
    return older.select_related("scheme").order_by("-number").first()


def in_force(actor: Actor) -> QuerySet[SchemeVersion]:
    """Published versions that have not ended, those that begin later too; per scheme the newest is the one to confirm."""
    today = today_of(actor)
    found: QuerySet[SchemeVersion] = (
        SchemeVersion.objects.filter(published_at__isnull=False, scheme__active=True)
        .filter(Q(ends=None) | Q(ends__gte=today))
        .select_related("scheme")
        .order_by("scheme_id", "-number")
    )
    return found


def eligible_partners(version: SchemeVersion, among: Iterable[int] | None = None) -> list[int]:
    """Ids of the active partners that may earn under ``version``."""
    partners = Partner.objects.filter(active=True)
    partners = partners if among is None else partners.filter(pk__in=list(among))
    known = profiles(partners.values_list("pk", flat=True))
    return sorted(pk for pk, profile in known.items() if is_eligible(version.eligibility, profile))


def is_for(actor: Actor, version: SchemeVersion) -> bool:
    """Whether the actor's own company may earn under ``version``."""
    return actor.partner_id is not None and bool(eligible_partners(version, [actor.partner_id]))


def confirmation_of(actor: Actor, version: SchemeVersion) -> Acknowledgement | None:
    """The confirmation of the actor's own company."""
    found = Acknowledgement.objects.filter(version=version, partner_id=actor.partner_id)
    return found.first() if actor.partner_id else None


def may_confirm(actor: Actor, version: SchemeVersion) -> bool:
    return (
        actor.can(Permission.ACKNOWLEDGE_RULES)
        and version.published_at is not None
        and is_for(actor, version)
        and confirmation_of(actor, version) is None
    )


def to_confirm(actor: Actor) -> list[SchemeVersion]:
    """What the actor's company has not confirmed yet: the newest version of each scheme that it may earn from."""
    if not actor.partner_id:
        return []
    known = profiles([actor.partner_id])[actor.partner_id]
    done = set(
        Acknowledgement.objects.filter(partner_id=actor.partner_id).values_list("version_id", flat=True)
    )
    newest = in_force(actor).distinct("scheme_id")
    return [each for each in newest if each.pk not in done and is_eligible(each.eligibility, known)]


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A partner that should know a version, with its confirmation where there is one."""

    partner: Partner
    confirmation: Acknowledgement | None


def confirmations(actor: Actor, version: SchemeVersion) -> list[Confirmed]:
    """Every eligible partner in the actor's sight, those that have not confirmed first."""
    actor.require(Permission.VIEW_SCHEMES)
    eligible = eligible_partners(version)
    rows = Acknowledgement.objects.filter(version=version)
    done = {row.partner_id: row for row in rows}
    partners = partners_for(actor).filter(pk__in={*eligible, *done}).order_by("name", "code")
    found = [Confirmed(partner, done.get(partner.pk)) for partner in partners]
    return sorted(found, key=lambda each: each.confirmation is not None)
