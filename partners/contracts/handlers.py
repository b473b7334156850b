"""The clocks of contracts, and what an acceptance means for the checklist."""

from typing import Any

from partners.contracts.notices import tell_reminder
from partners.contracts.selectors import standings_of, today_of
from partners.contracts.services import ACCEPTED, REMIND
from partners.models import ContractVersion, Onboarding, OnboardingStep, Partner
from partners.onboarding.enums import OnboardingState, StepKind
from partners.onboarding.running import look
from partners.onboarding.seen import sees
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.timers import on_timer


@on_timer(REMIND)
def remind(actor: Actor, version_id: int, payload: dict[str, Any]) -> None:
    version = ContractVersion.objects.select_related("contract").filter(pk=version_id).first()
    if version is not None and not _is_followed(version):
        tell_reminder(actor, version, payload["days"])


def _is_followed(version: ContractVersion) -> bool:
    later = ContractVersion.objects.filter(contract=version.contract, number__gt=version.number)
    return bool(later.filter(published_at__isnull=False).exists())


@on(ACCEPTED)
def contract_accepted(actor: Actor, payload: dict[str, Any]) -> None:
    """The step is done when every contract that binds the partner is accepted."""
    running = Onboarding.objects.filter(partner_id=payload["partner_id"]).exclude(
        state=OnboardingState.STOPPED
    )
    for pk in list(running.values_list("pk", flat=True)):
        look(actor, pk)


@sees(StepKind.CONTRACT)
def _contract(actor: Actor, step: OnboardingStep) -> bool:
    partner = Partner.objects.get(pk=step.partner_id)
    standings = standings_of(partner, today_of(actor.operator))
    return bool(standings) and all(each.acceptance is not None for each in standings)
