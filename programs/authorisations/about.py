"""Reading what a rule or worksheet is about: codes and texts from a form or the API -> the fields of ``models.About``."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel, Layer, PartnerRole
from catalog.models import Product, Segment, Territory
from catalog.services import values
from common.errors import DomainError, InputError, Invalid
from partners.models import Partner
from programs.models import Programme, Tier
from tenancy.actors import Actor

#: Names that ``read_about`` knows; a tier is named by its code inside its programme.
NAMES = (
    "product", "layer", "segment", "territory", "engagement_model",
    "partner", "role", "programme", "tier", "starts", "ends",
)  # fmt: skip
_THINGS: dict[str, Any] = {
    "product": Product,
    "segment": Segment,
    "territory": Territory,
    "partner": Partner,
    "programme": Programme,
}
_CHOICES: dict[str, Any] = {"layer": Layer, "role": PartnerRole, "engagement_model": EngagementModel}


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()


def read_about(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields; raises ``Invalid`` with every error at its name."""
    errors: list[DomainError] = []
    found: dict[str, Any] = {}
    for name in NAMES:
        _try(errors, name, lambda name=name: found.update({name: _read(name, given.get(name))}))  # type: ignore[misc]
    if not errors:
        _try(errors, "tier", lambda: found.update(_tier(found)))
        _try(errors, None, lambda: _check(actor, found))
    if errors:
        raise Invalid(errors)
    return found


def _try(errors: list[DomainError], name: str | None, step: Callable[[], None]) -> None:
    try:
        step()
    except InputError as error:
        errors.append(error if name is None or error.field else error.at(name))


def _read(name: str, value: Any) -> Any:
    if name in _CHOICES:
        return str(values.choice(_CHOICES[name], required=False)(value) or "")
    if name in ("starts", "ends"):
        return values.day(value)
    written = values.code(value)
    return one(name, written) if written and name != "tier" else written


def one(name: str, code: str) -> Any:
    """The thing of the kind ``name`` with this code; raises ``InputError``."""
    thing = _THINGS[name].objects.filter(code=code).first()
    if thing is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), name, {"code": code})
    return thing


def _tier(found: dict[str, Any]) -> dict[str, Any]:
    """A tier takes the place of its programme."""
    code, programme = found["tier"], found["programme"]
    for name in _THINGS:
        found[name] = found[name] or None
    if not code:
        return {"tier": None}
    if not programme:
        raise InputError("required", _("Say of which programme the tier is."), "programme")
    tier = Tier.objects.filter(programme=programme, code=code).first()
    if tier is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), "tier", {"code": code})
    return {"tier": tier, "programme": None}


def _check(actor: Actor, found: dict[str, Any]) -> None:
    if found["product"] and found["layer"]:
        raise InputError("one_thing", _("Name a product or a layer, not both."), "layer")
    if sum(bool(found[name]) for name in ("partner", "role", "programme", "tier")) > 1:
        raise InputError("one_seller", _("Name a partner, a role or a programme, not several."), "role")
    found["starts"] = found["starts"] or today_of(actor)
    if found["ends"] and found["ends"] < found["starts"]:
        raise InputError("ends_early", _("The last day is before the first one."), "ends")
