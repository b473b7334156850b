"""Taking a partner on: a checklist with steps on both sides, from its template to the active partner.

A template of the programme manager becomes the steps of one partner. Steps have a side that works on them, a date, perhaps a
step before them and an approver; some are seen by the system itself. When all that is mandatory is done the partner is active.

Events: ``partners.onboarding_started``, ``partners.onboarding_moved`` ``{"onboarding_id", "partner_id"}`` and
``partners.activated`` ``{"partner_id"}``. It listens to ``partners.application_approved``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partners.models import Partner


def may_register_deals(partner: "Partner") -> bool:
    """Whether new deals may be begun: not while a contract waits for acceptance beyond its time. Running deals go on."""
    from partners.contracts.selectors import overdue_contracts

    return not overdue_contracts(partner)
