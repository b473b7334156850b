"""Reads of contracts: which bind a partner, what waits, who accepted."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from common.errors import NotFound
from partners.contracts.rules import accept_days
from partners.enums import PartnerState
from partners.models import Contract, ContractAcceptance, ContractVersion, Onboarding, Partner
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Operator

VIEW = Permission.VIEW_ONBOARDING


@dataclass(frozen=True, slots=True)
class Standing:
    """A contract that binds a partner: its version in force, whether it is accepted, and until when it can be."""

    contract: Contract
    version: ContractVersion
    acceptance: ContractAcceptance | None
    until: date
    overdue: bool


def contracts_for(actor: Actor) -> QuerySet[Contract]:
    actor.require(VIEW)
    found = Contract.objects.prefetch_related("versions").order_by("name", "pk")
    return (
        found.filter(active=True, versions__published_at__isnull=False).distinct()
        if actor.is_partner
        else found
    )


def get_contract(actor: Actor, pk: int) -> Contract:
    """Raises ``NotFound``."""
    found = contracts_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def versions_of(actor: Actor, contract: Contract) -> QuerySet[ContractVersion]:
    """Newest first; a partner sees published ones."""
    actor.require(VIEW)
    return ContractVersion.objects.filter(contract=contract).order_by("-number")


def get_version(actor: Actor, pk: int) -> ContractVersion:
    """Raises ``NotFound``."""
    actor.require(VIEW)
    found = ContractVersion.objects.select_related("contract").filter(pk=pk)
    if actor.is_partner:
        found = found.filter(published_at__isnull=False)
    version: ContractVersion | None = found.first()
    if version is None:
        raise NotFound()
    return version


def acceptances_for(actor: Actor) -> QuerySet[ContractAcceptance]:
    actor.require(VIEW)
    return ContractAcceptance.objects.select_related("partner", "version", "version__contract").order_by(
        "-pk"
    )


def get_acceptance(actor: Actor, pk: int) -> ContractAcceptance:
    """Raises ``NotFound``."""
    found = acceptances_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def today_of(operator: Operator) -> date:
    return timezone.now().astimezone(operator.zone).date()


def binding_versions(partner: Partner, today: date) -> list[ContractVersion]:
    """The version in force of each contract that concerns the partner's roles."""
    versions = ContractVersion.objects.filter(
        contract__active=True, published_at__isnull=False, valid_from__lte=today
    )
    concerned = Q(contract__roles=[]) | Q(contract__roles__overlap=partner.roles or [""])
    found: dict[int, ContractVersion] = {}
    for version in versions.filter(concerned).select_related("contract").order_by("contract__name", "number"):
        found[version.contract_id] = version
    return list(found.values())


def standings_of(partner: Partner, today: date) -> list[Standing]:
    """Every contract that binds the partner, in the open scope."""
    versions = binding_versions(partner, today)
    rows = ContractAcceptance.objects.filter(partner=partner, version__in=versions)
    accepted = {row.version_id: row for row in rows}
    begun = _begun_on(partner) if versions else None
    return [_standing(version, accepted.get(version.pk), begun, today) for version in versions]


def _begun_on(partner: Partner) -> date | None:
    last = Onboarding.objects.filter(partner=partner).order_by("-id").first()
    return last.started_at.date() if last else None


def _standing(
    version: ContractVersion, acceptance: ContractAcceptance | None, begun: date | None, today: date
) -> Standing:
    """Whoever came in after the version was published has the same time from then on."""
    until = version.accept_until or today
    if begun is not None:
        until = max(until, begun + timedelta(days=accept_days()))
    return Standing(version.contract, version, acceptance, until, acceptance is None and until < today)


def overdue_contracts(partner: Partner) -> list[Standing]:
    """Contracts that the partner should have accepted by now."""
    today = today_of(partner.operator)
    return [each for each in standings_of(partner, today) if each.overdue]


def partners_without(actor: Actor, version: ContractVersion) -> QuerySet[Partner]:
    """Partners that the version binds and that have not accepted it."""
    actor.require(VIEW)
    accepted = ContractAcceptance.objects.filter(version=version).values("partner_id")
    living = Partner.objects.filter(
        active=True, state__in=(PartnerState.ACTIVE, PartnerState.ONBOARDING, PartnerState.SUSPENDED)
    )
    if version.contract.roles:
        living = living.filter(roles__overlap=version.contract.roles)
    return living.exclude(pk__in=accepted).order_by("name", "pk")
