"""Writing down programmes and their tiers. What tiers ask and give is written by ``requirements.editing`` and ``benefits``."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.services import values
from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from programs.enums import Promotion, ReviewPeriod
from programs.models import Enrolment, Programme, Tier, TierChange
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

MOST_TIERS = 10
_CLEAN = {
    "name": values.text(200, required=True),
    "names": values.names,
    "description": values.text(4000),
    "roles": values.several(PartnerRole),
    "layers": values.several(Layer),
    "main": values.boolean(empty=False),
    "promotion": values.choice(Promotion),
    "review_period": values.choice(ReviewPeriod),
    "active": values.boolean(empty=False),
}


def create_programme(actor: Actor, *, code: str, **fields: Any) -> Programme:
    """``name, names, description, roles, layers, main, promotion, review_period, active``.

    The first programme of an operator is its main one. Raises ``Invalid`` with an error per wrong field.
    """
    actor.require(Permission.MANAGE_PROGRAMS)
    cleaned = _read(fields)
    code = _code(code)
    if "name" not in cleaned:
        raise Invalid([InputError("required", _("This must not be empty."), "name")])
    if Programme.objects.filter(code=code).exists():
        raise Invalid([InputError("taken", _("There is a programme with this code already."), "code")])
    if not Programme.objects.exists():
        cleaned["main"] = True
    if cleaned.get("main"):
        Programme.objects.filter(main=True).update(main=False)
    row: Programme = Programme.objects.create(code=code, **cleaned)
    audit.record(actor, "programme.create", row, changes=cleaned)
    return row


def change_programme(actor: Actor, *, code: str, **fields: Any) -> Programme:
    """Change some fields; see ``create_programme``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    row = Programme.objects.select_for_update(no_key=True).filter(code=code).first()
    if row is None:
        raise NotFound()
    cleaned = _read(fields)
    if cleaned.get("main") is False and row.main:
        raise Invalid([InputError("main", _("Make another programme the main one instead."), "main")])
    if cleaned.get("main"):
        Programme.objects.filter(main=True).exclude(pk=row.pk).update(main=False)
    before = {name: getattr(row, name) for name in cleaned}
    for name, value in cleaned.items():
        setattr(row, name, value)
    row.save()
    audit.record(actor, "programme.change", row, changes=audit.difference(before, cleaned))
    return row  # type: ignore[no-any-return]


def _read(fields: Mapping[str, Any]) -> dict[str, Any]:
    cleaned: dict[str, Any] = {}
    errors: list[DomainError] = []
    for name, value in fields.items():
        try:
            cleaned[name] = _CLEAN[name](value)
        except InputError as error:
            errors.append(error.at(name))
    if errors:
        raise Invalid(errors)
    return cleaned


def _code(code: str) -> str:
    """A short word that stands in addresses and formulas."""
    try:
        found = str(values.tag(40)(code))
    except InputError as error:
        raise Invalid([error.at("code")]) from error
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", found):
        text = _("Use Latin letters, digits, hyphens and underscores only.")
        raise Invalid([InputError("invalid_code", text, "code")])
    return found


def add_tier(
    actor: Actor, *, programme: str, code: str, name: str, names: Mapping[str, str] | None = None
) -> Tier:
    """A tier above all others of the programme."""
    actor.require(Permission.MANAGE_PROGRAMS)
    home = _programme(programme)
    code = _code(code)
    label = _read({"name": name, "names": dict(names or {})})
    rows = Tier.objects.filter(programme=home).order_by("-rank")
    if rows.filter(code=code).exists():
        raise Invalid([InputError("taken", _("There is a tier with this code already."), "code")])
    if rows.count() >= MOST_TIERS:
        raise Conflict("too_many", _("A programme has at most %(most)s tiers."), None, {"most": MOST_TIERS})
    top = rows.first()
    row: Tier = Tier.objects.create(programme=home, code=code, rank=top.rank + 1 if top else 1, **label)
    audit.record(actor, "tier.add", row, changes={"programme": home.code, **label})
    return row


def change_tier(actor: Actor, *, tier_id: int, name: str, names: Mapping[str, str] | None = None) -> Tier:
    """Another name. The code stays: formulas and rates name it."""
    row = _tier(actor, tier_id)
    label = _read({"name": name, "names": dict(names or {})})
    before = {"name": row.name, "names": row.names}
    row.name, row.names = label["name"], label["names"]
    row.save(update_fields=["name", "names"])
    audit.record(actor, "tier.change", row, changes=audit.difference(before, label))
    return row


def move_tier(actor: Actor, *, tier_id: int, up: bool) -> None:
    """One rank higher or lower; at the end nothing happens."""
    row = _tier(actor, tier_id)
    rows = Tier.objects.filter(programme=row.programme)
    other = (
        rows.filter(rank__gt=row.rank).order_by("rank").first()
        if up
        else rows.filter(rank__lt=row.rank).order_by("-rank").first()
    )
    if other is None:
        return
    mine, theirs = row.rank, other.rank
    # Ranks are unique at every moment, so one of the two steps aside for the time between.
    for tier, rank in ((row, 0), (other, mine), (row, theirs)):
        tier.rank = rank
        tier.save(update_fields=["rank"])
    audit.record(actor, "tier.move", row, changes={"rank": [mine, theirs]})


def remove_tier(actor: Actor, *, tier_id: int) -> None:
    """A tier that nobody holds, or ever held."""
    row = _tier(actor, tier_id)
    held = Enrolment.objects.filter(tier=row).exists() or TierChange.objects.filter(tier=row).exists()
    if held or TierChange.objects.filter(source=row).exists():
        raise Conflict("tier_held", _("Partners hold this tier or have held it: it stays in their history."))
    audit.record(actor, "tier.remove", row, changes={"code": row.code})
    row.delete()


def _tier(actor: Actor, pk: int) -> Tier:
    actor.require(Permission.MANAGE_PROGRAMS)
    rows = Tier.objects.select_for_update(no_key=True, of=("self",)).select_related("programme")
    row: Tier | None = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def _programme(code: str) -> Programme:
    row: Programme | None = Programme.objects.select_for_update(no_key=True).filter(code=code).first()
    if row is None:
        raise NotFound()
    return row
