"""Writes of schemes: drafts, publishing, amendments."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, DomainError, InputError, Invalid
from common.periods import period_of
from common.text import clean_line
from formula import Program
from incentives.accrual.eligibility import LINE_KEYS, PARTNER_KEYS
from incentives.approval import changed, check_approved, note_published
from incentives.conditions import FIXED, OPEN
from incentives.enums import Ceiling, Payee, SchemeKind, StackPolicy
from incentives.models import Scheme, SchemeVersion
from incentives.programs import compile_formula, names_to_json, schema_for
from incentives.terms import check_stacking, clean_terms, open_budget
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import emit

#: Fields of a version beside formula, eligibility and limits.
TERMS = (
    "stack_group",
    "stack_policy",
    "stack_priority",
    "stack_counts",
    "at_ceiling",
    "warn_at",
    "payments",
    "while_customer",
    "benefit",
    "valid_days",
)


@dataclass(frozen=True, slots=True)
class SchemeData:
    """What a scheme is. ``settlement_group``: schemes with the same one and kind of period stand on one statement."""

    code: str
    name: str
    kind: str = SchemeKind.REBATE
    payee: str = Payee.PARTNER
    period: str = "quarter"
    description: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    settlement_group: str = ""


@dataclass(frozen=True, slots=True)
class VersionData:
    """What a version says. ``builder`` is the form's data where the formula came from components."""

    formula: str
    starts: date
    ends: date | None = None
    eligibility: Mapping[str, list[str]] = field(default_factory=dict)
    budget: Decimal | None = None
    cap: Decimal | None = None
    rounding: str = "half_even"
    builder: Any = None
    stack_group: str = ""
    stack_policy: str = StackPolicy.ADDITIVE
    stack_priority: int | None = None
    stack_counts: bool = True
    at_ceiling: str = Ceiling.WATCH
    warn_at: Sequence[int] = ()
    payments: Sequence[Sequence[Any]] = ()
    while_customer: bool = False
    benefit: str = ""
    valid_days: int | None = None


def create_scheme(actor: Actor, *, scheme: SchemeData, version: VersionData) -> SchemeVersion:
    """A new scheme with its first version as a draft.

    Raises ``FormulaInvalid`` for a formula with errors, ``Conflict`` for a code in use, ``Invalid`` for bad fields.
    """
    actor.require(Permission.MANAGE_SCHEMES)
    if Scheme.objects.filter(code=scheme.code).exists():
        raise Conflict("code_taken", _("There is already a scheme with this code."), "code")
    row = Scheme(code=scheme.code)
    _describe(row, scheme)
    draft: SchemeVersion = SchemeVersion(scheme=row, number=1, created_by_id=actor.membership_id)
    _fill(actor, row, draft, version)
    row.save()
    draft.scheme = row
    draft.save()
    changed(actor, draft)
    audit.record(actor, "scheme.create", row, changes={"formula": [None, version.formula]})
    return draft


def change_draft(
    actor: Actor, *, version_id: int, version: VersionData, scheme: SchemeData | None = None
) -> SchemeVersion:
    """Change an unpublished version, and the scheme itself while none of its versions is published."""
    actor.require(Permission.MANAGE_SCHEMES)
    draft = _locked(version_id)
    if draft.published_at is not None:
        raise Conflict("published", _("A published version does not change. Make a new version."))
    row = draft.scheme
    if scheme is not None and not row.published:
        _describe(row, scheme)
        row.save()
    before = draft.formula
    _fill(actor, row, draft, version)
    draft.save()
    changed(actor, draft)
    audit.record(actor, "scheme.change", row, changes={"formula": [before, draft.formula]})
    return draft


def amend_scheme(actor: Actor, *, scheme_code: str, version: VersionData) -> SchemeVersion:
    """A new draft version of a published scheme, in force from its start on when it is published."""
    actor.require(Permission.MANAGE_SCHEMES)
    scheme = Scheme.objects.select_for_update().get(code=scheme_code)
    newest = scheme.versions.order_by("-number").first()
    if newest is None or newest.published_at is None:
        raise Conflict("draft_open", _("There is already a draft of this scheme. Change that one."))
    draft: SchemeVersion = SchemeVersion(
        scheme=scheme, number=newest.number + 1, created_by_id=actor.membership_id
    )
    _fill(actor, scheme, draft, version)
    draft.save()
    changed(actor, draft)
    audit.record(actor, "scheme.amend", scheme, changes={"version": [newest.number, draft.number]})
    return draft


def publish_version(actor: Actor, *, version_id: int) -> SchemeVersion:
    """Put a draft in force: from now on it never changes. Everything since its start is evaluated in the background.

    An amendment cannot reach back: for rebates into a period before the running one, for others before tomorrow. Where
    the operator wants four eyes (``schemes.four_eyes``), ``Conflict`` unless a second person approved this very content.
    """
    actor.require(Permission.MANAGE_SCHEMES)
    version = _locked(version_id)
    if version.published_at is not None:
        raise Conflict("published", _("This version is published already."))
    scheme = version.scheme
    _check_start(actor, scheme, version)
    check_stacking(actor.operator, version, _today(actor))
    check_approved(version)
    version.names = names_to_json(_compile(actor, scheme, version.formula))
    version.published_at = timezone.now()
    version.published_by_id = actor.membership_id
    version.save()
    open_budget(version)
    scheme.published = True
    scheme.save(update_fields=["published", "updated_at"])
    audit.record(actor, "scheme.publish", scheme, changes={"version": [None, version.number]})
    note_published(version)
    emit("scheme.published", {"version_id": version.pk})
    return version


def end_scheme(actor: Actor, *, scheme_code: str, last_day: date) -> SchemeVersion:
    """Let the newest published version end on ``last_day``, today at the earliest."""
    actor.require(Permission.MANAGE_SCHEMES)
    published = SchemeVersion.objects.filter(scheme__code=scheme_code, published_at__isnull=False)
    version: SchemeVersion | None = published.select_for_update(of=("self",)).order_by("-number").first()
    if version is None:
        raise Conflict("not_published", _("Only a published scheme can end."))
    if last_day < max(_today(actor), version.starts):
        raise InputError("too_early", _("A scheme ends today at the earliest."), "ends")
    before, version.ends = version.ends, last_day
    version.save(update_fields=["ends"])
    audit.record(actor, "scheme.end", version.scheme, changes={"ends": [before, last_day]})
    return version


def _locked(version_id: int) -> SchemeVersion:
    version: SchemeVersion = (
        SchemeVersion.objects.select_related("scheme").select_for_update(of=("self",)).get(pk=version_id)
    )
    return version


def _describe(row: Scheme, data: SchemeData) -> None:
    """What a scheme is; it is never changed once a version of it is published."""
    row.name, row.names, row.description = data.name, dict(data.names), data.description
    row.kind, row.payee, row.period = data.kind, data.payee, data.period
    row.settlement_group = clean_line(data.settlement_group) if row.is_payable else ""
    _clean(row)


def _fill(actor: Actor, scheme: Scheme, draft: SchemeVersion, data: VersionData) -> None:
    program = _compile(actor, scheme, data.formula)
    draft.formula, draft.digest, draft.names = data.formula, program.digest, names_to_json(program)
    draft.builder = data.builder
    draft.eligibility = clean_eligibility(data.eligibility)
    draft.starts, draft.ends, draft.budget, draft.cap = data.starts, data.ends, data.budget, data.cap
    draft.rounding = data.rounding
    for name in TERMS:
        setattr(draft, name, getattr(data, name))
    clean_terms(scheme, draft)
    if draft.ends is not None and draft.ends < draft.starts:
        raise InputError("dates", _("The last day is before the first."), "ends")
    _clean(draft, exclude=["scheme", "digest", "names", "created_by", "published_by", "published_at"])


def _compile(actor: Actor, scheme: Scheme, source: str) -> Program:
    schema = schema_for(actor.operator, scheme.scope, period=scheme.period, payee=scheme.payee)
    return compile_formula(actor.operator, source, schema, scheme.kind)


def clean_eligibility(eligibility: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Known keys with non-empty lists of texts; raises ``InputError``.

    A role or layer that does not exist would silently pay nobody. Products, tiers and the like may come later than the scheme.
    """
    known = {*PARTNER_KEYS, *LINE_KEYS}
    found: dict[str, list[str]] = {}
    for key, values in eligibility.items():
        if key not in known:
            raise InputError(
                "eligibility", _("There is no condition “%(key)s”."), "eligibility", {"key": str(key)[:40]}
            )
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise InputError(
                "eligibility",
                _("“%(key)s” needs a list of codes."),
                "eligibility",
                {"key": key},
            )
        for value in values:
            if value not in _choices_of(key, value):
                raise InputError(
                    "unknown_choice",
                    _("“%(value)s” is not a choice for “%(key)s”."),
                    "eligibility",
                    {"key": key, "value": value[:40]},
                )
        if values:
            found[key] = sorted(set(values))
    return found


def _choices_of(key: str, value: str) -> Collection[str]:
    """What a condition may list: anything (so ``value`` itself) where its values are not fixed."""
    if key == "new_customer":
        return ("yes", "no")
    choices: Collection[str] = FIXED[key].values if key in FIXED and key not in OPEN else (value,)
    return choices


def _clean(row: Scheme | SchemeVersion, exclude: list[str] | None = None) -> None:
    try:
        row.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors: list[DomainError] = [
            InputError("invalid", message, name)
            for name, messages in error.message_dict.items()
            for message in messages
        ]
        raise Invalid(errors) from error


def _check_start(actor: Actor, scheme: Scheme, version: SchemeVersion) -> None:
    older = scheme.versions.filter(published_at__isnull=False)
    if not older.exists():
        return
    today = _today(actor)
    operator = actor.operator
    if scheme.scope == "transaction":
        if version.starts <= today:
            raise InputError("too_early", _("An amendment starts tomorrow at the earliest."), "starts")
        return
    running = period_of(today, scheme.period, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    if version.starts < running.start:
        raise InputError("too_early", _("An amendment cannot start before the running period."), "starts")


def _today(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()
