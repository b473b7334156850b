"""How far a partner's checklist is, for its page and for start pages."""

from dataclasses import dataclass

from partners.contracts.selectors import Standing, standings_of, today_of
from partners.documents.enums import DocumentState
from partners.documents.selectors import documents_of
from partners.models import Onboarding, Partner, PartnerDocument
from partners.onboarding import selectors
from partners.onboarding.enums import OnboardingState
from portal.onboarding.words import Row, row_of
from tenancy.actors import Actor
from tenancy.enums import Permission


@dataclass(frozen=True, slots=True)
class Card:
    onboarding: Onboarding
    progress: selectors.Progress
    next: Row | None
    waits: Row | None


def card_of(actor: Actor, partner: Partner, *, running: bool = False) -> Card | None:
    """Nothing for whoever may not see it, and where there is no checklist (``running``: none under way)."""
    if not actor.can(Permission.VIEW_ONBOARDING):
        return None
    onboarding = selectors.onboarding_of(actor, partner)
    if onboarding is None or (running and onboarding.state != OnboardingState.RUNNING):
        return None
    progress = selectors.progress_of(selectors.steps_of(actor, onboarding))
    return Card(
        onboarding,
        progress,
        row_of(actor, progress.next) if progress.next else None,
        row_of(actor, progress.waits) if progress.waits else None,
    )


@dataclass(frozen=True, slots=True)
class Papers:
    """Contracts that bind a partner, and its documents."""

    standings: list[Standing]
    documents: list[PartnerDocument]


def papers_of(actor: Actor, partner: Partner) -> Papers | None:
    """Nothing for whoever may not see them."""
    if not actor.can(Permission.VIEW_ONBOARDING):
        return None
    kept = documents_of(actor, partner.pk).exclude(
        state__in=(DocumentState.REPLACED, DocumentState.WITHDRAWN, DocumentState.REFUSED)
    )
    return Papers(standings_of(partner, today_of(actor.operator)), list(kept[:8]))
