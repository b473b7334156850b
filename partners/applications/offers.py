"""What the operator offers partners, written per kind of partner and language, read on the application page."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from common.errors import InputError
from partners.applications.selectors import propositions
from partners.enums import Offering
from partners.models import ValueProposition
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Language, Permission

LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Offer:
    """One offer in words: ``role`` empty for every kind of partner."""

    role: str
    role_label: str
    kind: str
    label: str
    text: str


def offers(language: str, main: str) -> list[Offer]:
    """What is written in ``language``, else in the operator's ``main`` language; roles in the order of the product."""
    order = {"": -1} | {role: place for place, role in enumerate(PartnerRole.values)}
    kinds = list(Offering.values)
    found = []
    for row in propositions():
        text = row.texts.get(language) or row.texts.get(main) or next(iter(row.texts.values()), "")
        if text:
            label = str(PartnerRole(row.role).label) if row.role else ""
            found.append(Offer(row.role, label, row.kind, str(Offering(row.kind).label), text))
    return sorted(found, key=lambda offer: (order[offer.role], kinds.index(offer.kind)))


def texts_of(role: str) -> dict[str, Mapping[str, str]]:
    """Kind of offer -> language -> text, of one role."""
    return {row.kind: row.texts for row in propositions() if row.role == role}


def save_offers(actor: Actor, *, role: str, texts: Mapping[str, Mapping[str, str]]) -> None:
    """Write what one kind of partner is offered (``role`` empty: all); empty texts take an offer away. Raises ``InputError``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    if role and role not in PartnerRole.values:
        raise InputError("unknown_choice", _("There is no such kind of partner."), "role")
    for kind, told in texts.items():
        if kind not in Offering.values:
            raise InputError("unknown_field", _("There is no such field."), kind)
        kept = {code: text.strip() for code, text in told.items() if code in Language.values and text.strip()}
        if any(len(text) > LONGEST for text in kept.values()):
            raise InputError("too_long", _("At most %(most)s characters."), kind, {"most": LONGEST})
        if not kept:
            ValueProposition.objects.filter(role=role, kind=kind).delete()
            continue
        row, _made = ValueProposition.objects.update_or_create(role=role, kind=kind, defaults={"texts": kept})
        audit.record(actor, "proposition.save", row, ref=f"{role or 'all'}:{kind}", changes={"texts": kept})
