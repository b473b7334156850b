"""Templates of checklists: made with one button, edited by programme managers. A change counts for what begins after it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from catalog.enums import PartnerRole
from catalog.services import values
from common.errors import DomainError, InputError, Invalid, NotFound
from common.text import clean_text
from partners.documents.enums import DocumentKind
from partners.models import Checklist, ChecklistStep
from partners.onboarding.defaults import DEFAULT, DEFAULT_NAME
from partners.onboarding.enums import Approver, Side, StepKind
from partners.onboarding.rules import due_days
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

MANAGE = Permission.MANAGE_PARTNERS
MOST_STEPS = 60


def make_default(actor: Actor) -> Checklist:
    """The checklist that the product brings along, in every language of the operator, for all partners."""
    actor.require(MANAGE)
    checklist: Checklist = Checklist.objects.create(**_named(actor, "name", "names", DEFAULT_NAME))
    made: dict[str, ChecklistStep] = {}
    for position, plan in enumerate(DEFAULT):
        made[plan.key] = ChecklistStep.objects.create(
            checklist=checklist,
            position=position,
            kind=plan.kind,
            side=plan.side,
            approver=plan.approver,
            due_days=due_days(),
            mandatory=plan.mandatory,
            document_kind=plan.document_kind,
            amount=plan.amount,
            after=made.get(plan.after),
            **_named(actor, "name", "names", plan.name),
            **_named(actor, "guide", "guides", plan.guide),
        )
    audit.record(actor, "checklist.create", checklist, ref=checklist.name)
    return checklist


def _named(actor: Actor, main: str, others: str, text: str) -> dict[str, Any]:
    """A text of ours in the operator's main language and its others."""
    words = {}
    for language in actor.operator.languages:
        with override(language):
            words[language] = gettext(text)
    first = actor.operator.main_language
    return {main: words[first], others: {code: word for code, word in words.items() if code != first}}


def save_checklist(
    actor: Actor,
    *,
    name: str,
    names: Mapping[str, str] | None = None,
    roles: Sequence[str] = (),
    active: bool = True,
    checklist_id: int | None = None,
) -> Checklist:
    """A new template, or a changed one. Raises ``Invalid``."""
    actor.require(MANAGE)
    checklist = Checklist() if checklist_id is None else _checklist(checklist_id)
    given = _read(
        {
            "name": (values.text(200, required=True), name),
            "names": (values.names, names or {}),
            "roles": (values.several(PartnerRole), list(roles)),
        }
    )
    for field, value in given.items():
        setattr(checklist, field, value)
    checklist.active = active
    checklist.save()
    verb = "create" if checklist_id is None else "change"
    audit.record(actor, f"checklist.{verb}", checklist, ref=checklist.name)
    return checklist


def copy_checklist(actor: Actor, *, checklist_id: int) -> Checklist:
    """Another template with the same steps, to begin from; it is off until somebody switches it on."""
    actor.require(MANAGE)
    old = _checklist(checklist_id)
    name = gettext("Copy of %(name)s") % {"name": old.name}
    new: Checklist = Checklist.objects.create(name=name[:200], roles=old.roles, active=False)
    made: dict[int, ChecklistStep] = {}
    for step in ChecklistStep.objects.filter(checklist=old):
        source, after = step.pk, step.after_id
        step.pk, step.checklist, step._state.adding = None, new, True
        step.after = made.get(after) if after else None
        step.save()
        made[source] = step
    audit.record(actor, "checklist.create", new, ref=new.name)
    return new


def save_step(
    actor: Actor, *, checklist_id: int, step_id: int | None = None, after_id: int | None = None, **fields: Any
) -> ChecklistStep:
    """``kind, name, names, guide, guides, side, approver, due_days, mandatory, document_kind, amount``. Raises ``Invalid``."""
    actor.require(MANAGE)
    checklist = _checklist(checklist_id)
    step = _step(checklist, step_id) if step_id is not None else _new_step(checklist)
    for name, value in _read({name: (READERS[name], value) for name, value in fields.items()}).items():
        setattr(step, name, value)
    _check_step(step)
    step.after = _before(checklist, step, after_id)
    step.save()
    audit.record(actor, "checklist.step", checklist, ref=checklist.name, changes={"step": [None, step.name]})
    return step


def _new_step(checklist: Checklist) -> ChecklistStep:
    steps = ChecklistStep.objects.filter(checklist=checklist)
    if steps.count() >= MOST_STEPS:
        raise InputError("too_many", _("At most %(most)s steps."), None, {"most": MOST_STEPS})
    last = steps.aggregate(last=Max("position"))["last"]
    return ChecklistStep(checklist=checklist, position=0 if last is None else last + 1)


def _check_step(step: ChecklistStep) -> None:
    if step.kind == StepKind.DOCUMENT and not step.document_kind:
        raise InputError("required", _("Say which document it is."), "document_kind")
    if step.kind != StepKind.DOCUMENT:
        step.document_kind = ""


def _before(checklist: Checklist, step: ChecklistStep, after_id: int | None) -> ChecklistStep | None:
    """The step that has to be settled first; never one that waits for this one."""
    if after_id is None:
        return None
    found = _step(checklist, after_id)
    here: ChecklistStep | None = found
    while here is not None:
        if here.pk == step.pk:
            raise InputError("circle", _("The steps would wait for each other."), "after")
        here = here.after
    return found


def move_step(actor: Actor, *, checklist_id: int, step_id: int, up: bool) -> None:
    """One place up or down."""
    actor.require(MANAGE)
    checklist = _checklist(checklist_id)
    steps = list(ChecklistStep.objects.filter(checklist=checklist))
    place = next((n for n, step in enumerate(steps) if step.pk == step_id), None)
    if place is None:
        raise NotFound()
    other = place - 1 if up else place + 1
    if 0 <= other < len(steps):
        steps[place], steps[other] = steps[other], steps[place]
    for position, step in enumerate(steps):
        step.position = position
    ChecklistStep.objects.bulk_update(steps, ["position"])


def remove_step(actor: Actor, *, checklist_id: int, step_id: int) -> None:
    """Those who waited for it wait for what it waited for."""
    actor.require(MANAGE)
    checklist = _checklist(checklist_id)
    step = _step(checklist, step_id)
    ChecklistStep.objects.filter(after=step).update(after=step.after)
    audit.record(actor, "checklist.step", checklist, ref=checklist.name, changes={"step": [step.name, None]})
    step.delete()


def _days(value: Any) -> int:
    return _number(value, 1, 250)


def _many(value: Any) -> int:
    return _number(value, 1, 1000)


def _number(value: Any, least: int, most: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise InputError(
            "out_of_range", _("A number from %(least)s to %(most)s."), None, {"least": least, "most": most}
        )
    return number


def _guide(value: Any) -> str:
    words = clean_text(str(value or ""))
    if len(words) > 4000:
        raise values.too_long(4000)
    return words


READERS: dict[str, values.Clean] = {
    "kind": values.choice(StepKind),
    "name": values.text(200, required=True),
    "names": values.names,
    "guide": _guide,
    "guides": lambda value: {code: _guide(text) for code, text in dict(value or {}).items() if text},
    "side": values.choice(Side),
    "approver": values.choice(Approver),
    "due_days": _days,
    "mandatory": values.boolean(empty=False),
    "document_kind": values.choice(DocumentKind, required=False),
    "amount": _many,
}


def _read(given: Mapping[str, tuple[values.Clean, Any]]) -> dict[str, Any]:
    errors: list[DomainError] = []
    found = {}
    for name, (clean, value) in given.items():
        try:
            found[name] = clean(value)
        except DomainError as error:
            errors.append(error.at(name))
    if errors:
        raise Invalid(errors)
    return found


def _checklist(pk: int) -> Checklist:
    found: Checklist | None = Checklist.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def _step(checklist: Checklist, pk: int) -> ChecklistStep:
    found: ChecklistStep | None = ChecklistStep.objects.filter(checklist=checklist, pk=pk).first()
    if found is None:
        raise NotFound()
    return found
