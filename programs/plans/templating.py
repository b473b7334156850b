"""The operator's own templates of plans, and what a new plan begins with: one of them, or the product's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from catalog.enums import PartnerRole
from catalog.services import values
from common.errors import DomainError, InputError, Invalid, NotFound
from partners.book.enums import Side
from partners.models import Partner
from performance.models import Kpi
from programs.models import PlanTemplate
from programs.plans import templates
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PROGRAMS
LINE = values.text(200, required=True)
MOST = 20
MONTHS = 12


@dataclass(frozen=True, slots=True)
class Wanted:
    """An objective of a new plan. ``kpi``: the code of what measures it; ``headline``: the headline KPI does."""

    title: str
    weight: int
    kpi: str = ""
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment of a new plan, to be kept by the end of a month of the year."""

    side: str
    title: str
    month: int


@dataclass(frozen=True, slots=True)
class Start:
    objectives: tuple[Wanted, ...]
    commitments: tuple[Promise, ...]


def start_for(partner: Partner) -> Start:
    """By the role that takes most and has a template of the operator's, then the one for everybody, then the product's."""
    own = list(PlanTemplate.objects.filter(active=True))
    for role in templates.by_what_takes_most(partner.roles):
        found = next((each for each in own if role in each.roles), None)
        if found is not None:
            return _start(found)
    general = next((each for each in own if not each.roles), None)
    return _start(general) if general is not None else _brought(templates.template_for(partner))


def _start(template: PlanTemplate) -> Start:
    return Start(
        tuple(Wanted(**each) for each in template.objectives),
        tuple(Promise(**each) for each in template.commitments),
    )


def _brought(template: templates.Template) -> Start:
    """What the product brings along, in the active language."""
    return Start(
        tuple(Wanted(str(title), weight, "", headline) for title, weight, headline in template.objectives),
        tuple(Promise(side, str(title), month) for side, title, month in template.commitments),
    )


def templates_for(actor: Actor) -> QuerySet[PlanTemplate]:
    """All, for staff who draw plans up."""
    actor.require(Permission.MANAGE_PLANS)
    found: QuerySet[PlanTemplate] = PlanTemplate.objects.order_by("name", "pk")
    return found if actor.is_staff else found.none()


def get_template(actor: Actor, pk: int) -> PlanTemplate:
    """Raises ``NotFound``."""
    found = templates_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def save_template(
    actor: Actor,
    *,
    name: str,
    objectives: Sequence[Mapping[str, Any]],
    commitments: Sequence[Mapping[str, Any]],
    names: Mapping[str, str] | None = None,
    roles: Sequence[str] = (),
    active: bool = True,
    template_id: int | None = None,
) -> PlanTemplate:
    """A new template, or a changed one; plans that began with it stay as they are.

    Raises ``Invalid`` with an error at each field, such as ``objectives.0.title``.
    """
    actor.require(MANAGE)
    template = PlanTemplate() if template_id is None else get_template(actor, template_id)
    errors: list[DomainError] = []
    given = {
        "name": _read(errors, "name", LINE, name),
        "names": _read(errors, "names", values.names, names or {}),
        "roles": _read(errors, "roles", values.several(PartnerRole), list(roles)),
        "objectives": [_objective(errors, place, each) for place, each in enumerate(objectives)],
        "commitments": [_commitment(errors, place, each) for place, each in enumerate(commitments)],
    }
    errors += _whole(given["objectives"], given["commitments"])
    if errors:
        raise Invalid(errors)
    for field, value in given.items():
        setattr(template, field, value)
    template.active = active
    template.save()
    verb = "create" if template_id is None else "change"
    audit.record(actor, f"plantemplate.{verb}", template, ref=template.name)
    return template


def _read(errors: list[DomainError], field: str, clean: values.Clean, value: Any) -> Any:
    try:
        return clean(value)
    except InputError as error:
        errors.append(error.at(field))
        return None


def _number(errors: list[DomainError], field: str, value: Any, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    words = {"least": 1, "most": most}
    errors.append(InputError("out_of_range", _("Write a number from %(least)s to %(most)s."), field, words))
    return 0


def _objective(errors: list[DomainError], place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    at = f"objectives.{place}"
    kpi = str(given.get("kpi") or "")
    if kpi and not Kpi.objects.filter(code=kpi, active=True).exists():
        errors.append(InputError("unknown_code", _("There is no “%(code)s”."), f"{at}.kpi", {"code": kpi}))
    return {
        "title": _read(errors, f"{at}.title", LINE, given.get("title")),
        "weight": _number(errors, f"{at}.weight", given.get("weight"), 100),
        "kpi": kpi,
        "headline": bool(given.get("headline")) and not kpi,
    }


def _commitment(errors: list[DomainError], place: int, given: Mapping[str, Any]) -> dict[str, Any]:
    at = f"commitments.{place}"
    return {
        "side": _read(errors, f"{at}.side", values.choice(Side), given.get("side")),
        "title": _read(errors, f"{at}.title", LINE, given.get("title")),
        "month": _number(errors, f"{at}.month", given.get("month"), MONTHS),
    }


def _whole(objectives: Sequence[Mapping[str, Any]], commitments: Sequence[Any]) -> list[DomainError]:
    """What a plan could not be signed with is no template either."""
    if max(len(objectives), len(commitments)) > MOST:
        return [InputError("too_many", _("At most %(most)s lines."), "objectives", {"most": MOST})]
    if sum(each["weight"] for each in objectives) != 100:
        text = _("The weights of the objectives add up to 100.")
        return [InputError("weights", text, "objectives.0.weight" if objectives else "objectives")]
    return []


def remove_template(actor: Actor, *, template_id: int) -> None:
    """Plans that began with it stay; new ones begin with another one."""
    actor.require(MANAGE)
    template = get_template(actor, template_id)
    audit.record(actor, "plantemplate.remove", template, ref=template.name)
    template.delete()


def copy_brought(actor: Actor) -> list[PlanTemplate]:
    """The product's templates as the operator's own, in its main language, to be changed."""
    actor.require(MANAGE)
    made = []
    with override(actor.operator.main_language):
        for title, roles, template in templates.BROUGHT:
            start = _brought(template)
            made.append(
                save_template(
                    actor,
                    name=str(title),
                    roles=roles,
                    objectives=[_plain(each) for each in start.objectives],
                    commitments=[_plain(each) for each in start.commitments],
                )
            )
    return made


def _plain(thing: Wanted | Promise) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}
