"""The check before a registration: free, protected until a day, or a direct-sales account. Never by whom.

Every check is counted and kept. The limit per partner holds for any hour, also when many ask at once: a lock of the partner
stands around counting and noting. What is asked takes the same queries whether the customer is known or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from catalog.matching.parties import Identity, Party, identify_party
from catalog.models import Product
from common.errors import InputError, TooMany
from deals.enums import Precheck
from deals.fields import READERS
from deals.models import PartyKey, PrecheckEntry, Slot
from deals.notices import FISHING
from deals.numbers import prechecks_per_hour
from deals.services.steps import moment
from partners.models import Partner
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.notices import names_of, notify, pams_of

ASKED = ("customer_name", "legal_id", "country", "customer_number", "domain", "city", "contact_phone")
_LOCK = "select pg_advisory_xact_lock(728, hashtext((select app.op()) || ':' || %s))"


@dataclass(frozen=True, slots=True)
class Answer:
    """``until``: the last protected day, with ``protected`` only. ``refused``: over the limit, nothing was looked up."""

    result: str = ""
    until: date | None = None
    refused: bool = False


class PrecheckLimit(TooMany):
    """Too many checks within an hour."""

    default_code = "too_many_checks"
    default_message = _("Too many checks within an hour. Try again later.")


def precheck(actor: Actor, *, customer: Mapping[str, Any], products: Sequence[str]) -> Answer:
    """Ask before registering. ``customer``: any of ``ASKED``; ``products``: codes.

    Over the limit the answer is ``refused`` (not an exception: the note of the attempt has to stay). Raises ``InputError``.
    """
    actor.require(Permission.REGISTER_DEALS)
    party = _party(customer)
    with office(actor):
        families = _families(products)
        if not _may_ask(actor):
            _note(actor, customer, products, refused=True)
            return Answer(refused=True)
        answer = _look(identify_party(party), families)
        _note(actor, customer, products, answer.result)
    return answer


def _party(customer: Mapping[str, Any]) -> Party:
    unknown = [name for name in customer if name not in ASKED]
    if unknown:
        raise InputError("unknown_field", _("There is no such field."), unknown[0])
    read: dict[str, str] = {}
    for name in ASKED:
        try:
            read[name] = READERS[name](customer.get(name))
        except InputError as error:
            raise error.at(name) from error
    if not any(read[name] for name in ("legal_id", "customer_number", "domain", "contact_phone")):
        raise InputError(
            "no_identity",
            _("Give a legal id, the operator's customer number, a web domain or a phone of the customer."),
            "legal_id",
        )
    return Party(
        name=read["customer_name"],
        legal_id=read["legal_id"],
        country=read["country"],
        number=read["customer_number"],
        domains=(read["domain"],),
        phone=read["contact_phone"],
        city=read["city"],
    )


def _families(products: Sequence[str]) -> list[int]:
    found = dict(Product.objects.filter(code__in=products, active=True).values_list("code", "family_id"))
    missing = [code for code in products if code not in found]
    if missing:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "products", {"code": missing[0]})
    if not found:
        raise InputError("required", _("Add at least one product."), "products")
    return sorted(set(found.values()))


def _may_ask(actor: Actor) -> bool:
    """Whether the partner (or the operator's member) has checks left in the last hour; held to the end of the step."""
    who = f"p{actor.partner_id}" if actor.is_partner else f"m{actor.membership_id}"
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [who])
    entries = PrecheckEntry.objects.filter(at__gt=moment() - timedelta(hours=1), refused=False)
    mine = (
        entries.filter(partner_id=actor.partner_id)
        if actor.is_partner
        else entries.filter(partner_id=None, membership_id=actor.membership_id)
    )
    return mine.count() < prechecks_per_hour()


def _look(identity: Identity, families: list[int]) -> Answer:
    """Always the same two queries; which of them finds something shows in nothing but the answer."""
    slots = Slot.objects.filter(
        active=True, family_id__in=families, key__in=[key.slot for key in identity.sure]
    )
    until = slots.aggregate(last=Max("until"))["last"]
    values = {(key.kind, key.value) for key in identity.sure}
    rows = PartyKey.objects.filter(
        account__active=True, kind__in={kind for kind, _ in values}, value__in={value for _, value in values}
    ).values_list("kind", "value", "account__families")
    if any((kind, value) in values and _covers(own, families) for kind, value, own in rows):
        return Answer(Precheck.DIRECT)
    return Answer(Precheck.FREE) if until is None else Answer(Precheck.PROTECTED, until)


def _covers(own: Sequence[int], families: Sequence[int]) -> bool:
    return not own or bool(set(own) & set(families))


def _note(
    actor: Actor,
    customer: Mapping[str, Any],
    products: Sequence[str],
    result: str = "",
    *,
    refused: bool = False,
) -> None:
    entry = PrecheckEntry.objects.create(
        partner_id=actor.partner_id,
        membership_id=actor.membership_id,
        at=moment(),
        asked={
            **{name: str(value)[:200] for name, value in customer.items()},
            "products": list(products)[:50],
        },
        result=result,
        refused=refused,
    )
    if refused and actor.partner_id is not None:
        hour = entry.at.strftime("%Y-%m-%dT%H")
        to = pams_of(actor.partner_id, Permission.DECIDE_DEALS)
        notify(
            FISHING,
            _company(actor),
            to=to,
            path="/deals/checks/",
            key=hour,
            partner=names_of(_company(actor)),
        )


def _company(actor: Actor) -> Partner:
    found: Partner = Partner.objects.get(pk=actor.partner_id)
    return found
