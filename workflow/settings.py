"""The operator's settings: every default of the workflows, declared where it is used, changed in one place.

``define`` at import time; ``value(key)`` reads the active operator's value. A change counts for what begins after it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError, Invalid
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.models import Setting

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


T = TypeVar("T", int, str, bool)
#: A number without a limit of its own may be this large, or this many times its default: beyond that it is a slip.
LARGEST, TIMES = 10_000, 1_000
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Default:
    """A setting: ``key`` is ``section.name``. ``unit`` says what a number counts ("days", "working days", "%", ...)."""

    key: str
    value: Any
    label: "str | _StrPromise"
    unit: "str | _StrPromise" = ""
    least: int | None = None
    most: int | None = None

    @property
    def limit(self) -> int:
        """The largest number."""
        return self.most if self.most is not None else max(LARGEST, TIMES * int(self.value))

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]


_defaults: dict[str, Default] = {}
_rules: list[Callable[[Mapping[str, Any]], None]] = []


def define(
    key: str,
    value: T,
    label: "str | _StrPromise",
    unit: "str | _StrPromise" = "",
    *,
    least: int | None = 0,
    most: int | None = None,
) -> Callable[[], T]:
    """Declare a setting; returns a function that reads the active operator's value."""
    _defaults[key] = Default(key, value, label, unit, least, most)
    return lambda: cast(T, value_of(key))


def defaults() -> list[Default]:
    """Every setting, in the order of definition."""
    return list(_defaults.values())


def changed() -> set[str]:
    """Keys that the operator set itself."""
    return set(Setting.objects.filter(key__in=_defaults).values_list("key", flat=True))


def value_of(key: str) -> Any:
    """The active operator's value of a setting, the default where it changed nothing."""
    row = Setting.objects.filter(key=key).first()
    return _defaults[key].value if row is None else row.value


def values() -> dict[str, Any]:
    """Every setting with the active operator's value, in one query."""
    changed = dict(Setting.objects.values_list("key", "value"))
    return {default.key: changed.get(default.key, default.value) for default in defaults()}


def rule(check: Callable[[Mapping[str, Any]], None]) -> Callable[[Mapping[str, Any]], None]:
    """Register what must hold between settings: ``check(all values)`` raises ``InputError`` with a key as its field."""
    _rules.append(check)
    return check


def change_setting(actor: Actor, key: str, value: Any) -> None:
    """Set a setting for the operator. Raises ``InputError`` for a value of another type or out of range."""
    _change(actor, {key: value})


def reset_setting(actor: Actor, key: str) -> None:
    """Go back to the product's default."""
    _change(actor, {key: None})


def change_settings(actor: Actor, changes: Mapping[str, Any]) -> None:
    """Set several at once, ``None`` for the product's default; raises ``Invalid`` with an error per wrong value."""
    errors: list[DomainError] = []
    for key, value in changes.items():
        try:
            _check(key, value)
        except InputError as error:
            errors.append(error)
    if errors:
        raise Invalid(errors)
    _change(actor, changes)


def _change(actor: Actor, changes: Mapping[str, Any]) -> None:
    actor.require(Permission.MANAGE_OPERATOR)
    for key, value in changes.items():
        _check(key, value)
    before = values()
    wanted = {key: _defaults[key].value if value is None else value for key, value in changes.items()}
    for check in _rules:
        check(before | wanted)
    for key, value in changes.items():
        _store(actor, key, value, before[key])


def _store(actor: Actor, key: str, value: Any, before: Any) -> None:
    """A default that is chosen by hand is a decision, too: it stays when the product's default changes."""
    if value is None:
        row = Setting.objects.filter(key=key).first()
        if row is None:
            return
        audit.record(actor, "setting.reset", row, ref=key, changes={key: [before, _defaults[key].value]})
        row.delete()
        return
    row, created = Setting.objects.update_or_create(key=key, defaults={"value": value})
    if created or before != value:
        audit.record(actor, "setting.change", row, ref=key, changes={key: [before, value]})


def _check(key: str, value: Any) -> None:
    if key not in _defaults:
        raise InputError("unknown_setting", _("There is no such setting."), key)
    if value is not None:
        _check_value(_defaults[key], value)


def _check_value(default: Default, value: Any) -> None:
    same = isinstance(value, bool) == isinstance(default.value, bool)
    if not same or not isinstance(value, type(default.value)):
        raise InputError("wrong_type", _("This value is not valid."), default.key)
    if isinstance(value, int) and not isinstance(value, bool):
        if default.least is not None and value < default.least:
            raise InputError(
                "too_small", _("At least %(least)s is needed."), default.key, {"least": default.least}
            )
        if value > default.limit:
            raise InputError(
                "too_large", _("At most %(most)s is possible."), default.key, {"most": default.limit}
            )
    if isinstance(value, str) and len(value) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), default.key, {"most": LONGEST})
