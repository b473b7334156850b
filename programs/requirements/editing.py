"""Writing down what a tier asks."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from common.errors import DomainError, InputError, Invalid, NotFound
from performance.models import Kpi
from programs.enums import GROUPS, Asks, Window
from programs.models import Certification, Requirement, RequirementValue, Tier
from programs.numbers import rolling_months
from programs.requirements import sources
from programs.requirements.windows import fits
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Groups in groups: deeper ones nobody reads.
DEEPEST = 3
MOST_MONTHS = 36
MAX_DIGITS, PLACES = 26, 6
REQUIRED = _("This must not be empty.")
UNKNOWN = _("This value is not valid.")


def add_requirement(
    actor: Actor, *, tier_id: int, parent_id: int | None = None, **fields: Any
) -> Requirement:
    """A node at the end of a tier's list, or of a group's. ``fields``: see ``change_requirement``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    tier = Tier.objects.filter(pk=tier_id).first()
    if tier is None:
        raise NotFound()
    parent = _group(tier, parent_id)
    row = Requirement(tier=tier, parent=parent, **_clean(fields))
    row.position = _next_position(tier, parent)
    row.save()
    _keep_values(row, fields.get("values"))
    audit.record(actor, "requirement.add", row, changes={"tier": tier.code, "asks": row.asks})
    return row


def change_requirement(actor: Actor, *, requirement_id: int, **fields: Any) -> Requirement:
    """``asks``, ``kpi`` (code), ``window``, ``months``, ``certification`` (code or empty), ``source``, ``threshold``, ``values``.

    ``values``: the role × layer matrix, ``[{"role", "layer", "value"}, ...]``; ``None`` leaves it. A group stays one.
    Raises ``Invalid`` with an error per wrong field.
    """
    row = _locked(actor, requirement_id)
    if (row.asks in GROUPS) != (fields.get("asks") in GROUPS):
        raise InputError("group", _("A group stays a group: add another requirement instead."), "asks")
    for name, value in _clean(fields).items():
        setattr(row, name, value)
    row.save()
    _keep_values(row, fields.get("values"))
    audit.record(actor, "requirement.change", row, changes={"asks": row.asks, "threshold": row.threshold})
    return row


def remove_requirement(actor: Actor, *, requirement_id: int) -> None:
    """With everything below it."""
    row = _locked(actor, requirement_id)
    audit.record(actor, "requirement.remove", row, changes={"tier": row.tier.code, "asks": row.asks})
    row.delete()


def move_requirement(actor: Actor, *, requirement_id: int, up: bool) -> None:
    """One place up or down among those of the same group; at the end nothing happens."""
    row = _locked(actor, requirement_id)
    rows = list(Requirement.objects.filter(tier=row.tier, parent_id=row.parent_id).order_by("position", "id"))
    place = [each.pk for each in rows].index(row.pk)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, each in enumerate(rows):
        each.position = number
    Requirement.objects.bulk_update(rows, ["position"])
    audit.record(actor, "requirement.move", row, changes={"position": [place, other]})


def _locked(actor: Actor, pk: int) -> Requirement:
    actor.require(Permission.MANAGE_PROGRAMS)
    rows = Requirement.objects.select_for_update(no_key=True, of=("self",)).select_related("tier")
    row: Requirement | None = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def _group(tier: Tier, parent_id: int | None) -> Requirement | None:
    if parent_id is None:
        return None
    parent: Requirement | None = Requirement.objects.filter(
        tier=tier, pk=parent_id, asks__in=list(GROUPS)
    ).first()
    if parent is None:
        raise NotFound()
    depth, above = 1, parent
    while above.parent is not None:
        depth, above = depth + 1, above.parent
    if depth >= DEEPEST:
        raise InputError("too_deep", _("Groups stand in at most two others."), "parent")
    return parent


def _next_position(tier: Tier, parent: Requirement | None) -> int:
    rows = Requirement.objects.filter(tier=tier, parent=parent)
    last: int | None = rows.aggregate(last=models.Max("position"))["last"]
    return 0 if last is None else last + 1


def _clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a node; what its kind does not use is emptied."""
    asks = fields.get("asks")
    values: dict[str, Any] = {
        "asks": asks,
        "kpi": None,
        "window": "",
        "months": None,
        "certification": None,
        "source": "",
        "threshold": None,
    }
    if asks not in Asks.values:
        raise Invalid([InputError("unknown_choice", UNKNOWN, "asks")])
    if asks in GROUPS:
        return values
    errors: list[DomainError] = []
    readers = {
        Asks.KPI: _read_kpi,
        Asks.GROWTH: _read_kpi,
        Asks.CERTIFICATES: _read_certification,
        Asks.SOURCE: _read_source,
    }
    values |= readers[Asks(asks)](fields, errors)
    values["threshold"] = _number(fields.get("threshold"), "threshold", errors)
    if errors:
        raise Invalid(errors)
    return values


def _number(value: Any, field: str, errors: list[DomainError]) -> Decimal | None:
    if not isinstance(value, Decimal):
        errors.append(InputError("required", REQUIRED, field))
        return None
    exponent = value.as_tuple().exponent
    if not value.is_finite() or value < 0 or not isinstance(exponent, int):
        errors.append(InputError("invalid", UNKNOWN, field))
    elif exponent < -PLACES or value.adjusted() >= MAX_DIGITS:
        errors.append(InputError("too_exact", _("This number is too long."), field))
    return value


def _read_kpi(fields: Mapping[str, Any], errors: list[DomainError]) -> dict[str, Any]:
    kpi = Kpi.objects.filter(code=fields.get("kpi") or "", active=True).first()
    window, months = fields.get("window") or Window.ROLLING, fields.get("months")
    if window not in Window.values:
        errors.append(InputError("unknown_choice", UNKNOWN, "window"))
    if months is not None and not 1 <= months <= MOST_MONTHS:
        most = {"most": MOST_MONTHS}
        errors.append(InputError("out_of_range", _("From 1 to %(most)s months."), "months", most))
    if kpi is None:
        errors.append(InputError("required", _("Choose a KPI."), "kpi"))
    elif not errors and not fits(kpi, window, months or rolling_months()):
        text = _(
            "This KPI cannot be read over that time. Take one that counts by month, or one whose own period is that time."
        )
        errors.append(InputError("kpi_period", text, "kpi"))
    return {"kpi": kpi, "window": window, "months": months if window == Window.ROLLING else None}


def _read_certification(fields: Mapping[str, Any], errors: list[DomainError]) -> dict[str, Any]:
    code = fields.get("certification") or ""
    found = Certification.objects.filter(code=code).first() if code else None
    if code and found is None:
        errors.append(InputError("unknown_choice", UNKNOWN, "certification"))
    return {"certification": found}


def _read_source(fields: Mapping[str, Any], errors: list[DomainError]) -> dict[str, Any]:
    code = fields.get("source") or ""
    if sources.source_of(code) is None:
        errors.append(InputError("required", _("Choose what is counted."), "source"))
    return {"source": code}


def _keep_values(row: Requirement, values: Sequence[Mapping[str, Any]] | None) -> None:
    """Replace the role × layer matrix."""
    if values is None:
        return
    wanted = {} if row.asks in GROUPS else _read_matrix(values)
    RequirementValue.objects.filter(requirement=row).delete()
    RequirementValue.objects.bulk_create(
        RequirementValue(requirement=row, role=role, layer=layer, value=value)
        for (role, layer), value in wanted.items()
    )


def _read_matrix(values: Sequence[Mapping[str, Any]]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    errors: list[DomainError] = []
    for each in values:
        role, layer = each.get("role") or "", each.get("layer") or ""
        known = (not role or role in PartnerRole.values) and (not layer or layer in Layer.values)
        if not known or not (role or layer):
            errors.append(InputError("unknown_choice", _("Choose a role, a layer or both."), "values"))
        elif (role, layer) in found:
            errors.append(InputError("twice", _("This role and layer stand there twice."), "values"))
        value = _number(each.get("value"), "values", errors)
        if value is not None:
            found[role, layer] = value
    if errors:
        raise Invalid(errors)
    return found
