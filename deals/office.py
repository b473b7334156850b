"""The operator's office: the one place where a partner's or PAM's step is carried on with the operator's eyes.

A registration is decided by what the partner must never see: everybody else's deals, named accounts and customers. So a step
looks its deal up in the actor's own scope, where the walls say whether it is there at all, and then works on it as the
operator's staff, inside the same transaction. What comes out of here is the actor's own deal and nothing that tells
whom it was compared with. ``open_deal`` is how services get in; nothing else of the product becomes another audience.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from deals.identity import identify, lock_keys
from deals.models import Deal
from deals.selectors import get_deal
from partners.enums import PartnerState
from partners.models import Partner
from partners.onboarding import may_register_deals
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.versions import check_version

ATTEMPTS = 5


@contextmanager
def open_deal(
    actor: Actor, ref: str, permission: Permission, *, version: int | None = None
) -> Iterator[Deal]:
    """The deal, locked together with its customer, for one step. Raises ``NotFound``, ``Forbidden``, ``StaleVersion``.

    The customer's lock comes before any row's, so two steps about one customer queue up instead of waiting for each other.
    """
    actor.require(permission)
    found = get_deal(actor, ref)
    if actor.is_partner and found.partner_id != actor.partner_id:
        raise Forbidden()
    with office(actor):
        deal = locked(found)
        check_version(version, deal, _("This deal was changed in the meantime. Reload and try again."))
        if actor.is_partner:
            check_active(deal)
        yield deal


def locked(found: Deal) -> Deal:
    """``found`` again, with its customer and its row locked. Runs in the office or as the worker.

    While it waited, its customer may have become known by more (the catalogue has learnt of it): then all begins anew,
    because locks are taken in one order. Raises ``Conflict`` where that goes on.
    """
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _locked(found)
        except _KnownByMore:
            continue
    raise Conflict()


class _KnownByMore(Exception):
    """Ends the savepoint, and with it the locks that were taken in it."""


def _locked(found: Deal) -> Deal:
    names = identify(found).locks
    lock_keys(names)
    deal: Deal = Deal.objects.select_for_update(no_key=True).get(pk=found.pk)
    if not set(identify(deal).locks) <= set(names):
        raise _KnownByMore
    return deal


def check_active(deal: Deal) -> None:
    """Deals of a partner that is suspended or gone are frozen."""
    if deal.partner.state not in (PartnerState.ACTIVE, PartnerState.ONBOARDING):
        raise Conflict("partner_suspended", _("The company is suspended, so its deals are frozen."))


def check_contracts(partner: Partner) -> None:
    """New deals wait while a contract version was not accepted in time; running ones go on."""
    if not may_register_deals(partner):
        raise Conflict(
            "contract_not_accepted",
            _(
                "A new version of the contract was not accepted in time. Accept it first; then new deals are possible."
            ),
        )
