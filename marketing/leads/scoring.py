"""What a lead is worth, from 0 to 100: the weighted mean of criteria, each with the input that it was judged by. Pure but for the weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from catalog.matching import domain_key
from marketing.enums import SizeBand, Timing
from marketing.leads.numbers import hot_score, weights
from marketing.models import Lead, LeadContact

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CRITERIA: dict[str, "_StrPromise"] = {
    "identity": _("Who it is can be told"),
    "reach": _("Ways to reach the person"),
    "timing": _("How soon"),
    "size": _("Size of the company"),
    "product": _("What is wanted is clear"),
}
#: Words for the inputs that are no values of a ``TextChoices``.
INPUTS: dict[str, "_StrPromise"] = {
    "customer": _("Customer of the operator"),
    "legal_id": _("Legal id given"),
    "domain": _("Own web or mail domain"),
    "company": _("Name of the company only"),
    "person": _("Name of a person only"),
    "both": _("Phone and e-mail"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "strategic": _("A strategic product"),
    "product": _("A product"),
    "layer": _("A technology layer"),
    "unknown": _("Not known"),
}
_TIMING = {Timing.NOW: 100, Timing.QUARTER: 70, Timing.YEAR: 30}
_SIZE = {SizeBand.LARGE: 100, SizeBand.MEDIUM: 75, SizeBand.SMALL: 50, SizeBand.MICRO: 25}
Judged = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion: ``points`` of 100 for ``given``, counted ``weight`` times."""

    criterion: str
    given: str
    points: int
    weight: int

    @property
    def label(self) -> str:
        return str(CRITERIA.get(self.criterion, self.criterion))

    @property
    def given_label(self) -> str:
        """The input in the reader's words."""
        for choices in (Timing, SizeBand):
            if self.given in choices.values:
                return str(choices(self.given).label)
        return str(INPUTS.get(self.given, self.given))

    def as_dict(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "given": self.given,
            "points": self.points,
            "weight": self.weight,
        }


def put_score(lead: Lead, contact: LeadContact) -> None:
    """Set score, heat and their reasons on both, without saving."""
    parts = score_parts(lead, contact)
    lead.score = total(parts)
    lead.hot = lead.score >= hot_score()
    contact.score_parts = [part.as_dict() for part in parts]


def score_parts(lead: Lead, contact: LeadContact) -> list[Part]:
    """Every criterion with what it was given."""
    judges: dict[str, Callable[[Lead, LeadContact], Judged]] = {
        "identity": _identity,
        "reach": _reach,
        "timing": _timing,
        "size": _size,
        "product": _product,
    }
    return [Part(name, *judge(lead, contact), weights[name]()) for name, judge in judges.items()]


def parts_of(contact: LeadContact) -> list[Part]:
    """The criteria as they were when the lead was scored."""
    return [Part(**part) for part in contact.score_parts]


def total(parts: list[Part]) -> int:
    """The weighted mean, rounded half up; 0 where nothing weighs."""
    whole = sum(part.weight for part in parts)
    gained = sum(part.weight * part.points for part in parts)
    return (2 * gained + whole) // (2 * whole) if whole else 0


def _identity(lead: Lead, contact: LeadContact) -> Judged:
    if contact.customer_id is not None:
        return "customer", 100
    if contact.legal_id:
        return "legal_id", 100
    if domain_key(contact.domain) or domain_key(contact.email):
        return "domain", 70
    return ("company", 40) if contact.company else ("person", 10)


def _reach(lead: Lead, contact: LeadContact) -> Judged:
    if contact.phone and contact.email:
        return "both", 100
    return ("phone", 60) if contact.phone else ("email", 50) if contact.email else ("unknown", 0)


def _timing(lead: Lead, contact: LeadContact) -> Judged:
    return lead.timing, _TIMING.get(Timing(lead.timing), 0)


def _size(lead: Lead, contact: LeadContact) -> Judged:
    return (lead.size, _SIZE[SizeBand(lead.size)]) if lead.size else ("unknown", 0)


def _product(lead: Lead, contact: LeadContact) -> Judged:
    if lead.product is not None:
        return ("strategic", 100) if lead.product.strategic else ("product", 80)
    return ("layer", 40) if lead.layer else ("unknown", 0)
