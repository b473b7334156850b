"""Scores of applicants and prospects: weighted criteria from 0 to 100, technical and commercial apart, each with its input."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.services import values
from common.digits import to_latin
from common.errors import InputError, Invalid, NotFound
from partners.applications.numbers import strong_from
from partners.enums import Axis
from partners.models import Application, Criterion
from partners.models.applications import Score
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Usual:
    """A criterion of the usual set, in the languages of the product."""

    code: str
    axis: str
    weight: int
    name: str
    names: Mapping[str, str]
    guide: "str | _StrPromise"


USUAL = (
    Usual("technicians", Axis.TECHNICAL, 3, "Technical staff", {"fa": "کارکنان فنی", "ar": "الموظفون الفنيون"},
          _("How many technicians; read from the application.")),
    Usual("certificates", Axis.TECHNICAL, 3, "Certificates", {"fa": "گواهینامه‌ها", "ar": "الشهادات"},
          _("0: none. 50: for related products. 100: for the products in question.")),
    Usual("references", Axis.TECHNICAL, 2, "Reference projects", {"fa": "پروژه‌های مرجع", "ar": "مشاريع مرجعية"},
          _("0: none. 50: smaller ones. 100: several of the size we need.")),
    Usual("years", Axis.TECHNICAL, 1, "Experience", {"fa": "سابقه", "ar": "الخبرة"},
          _("Years since it was founded; read from the application.")),
    Usual("customers", Axis.COMMERCIAL, 3, "Customer base", {"fa": "پایگاه مشتریان", "ar": "قاعدة العملاء"},
          _("How many business customers; read from the application.")),
    Usual("sellers", Axis.COMMERCIAL, 2, "Sales staff", {"fa": "کارکنان فروش", "ar": "موظفو المبيعات"},
          _("How many sellers; read from the application.")),
    Usual("reach", Axis.COMMERCIAL, 2, "Market reach", {"fa": "پوشش بازار", "ar": "الوصول إلى السوق"},
          _("0: we are there already. 50: adds customers. 100: closes a gap of the coverage map.")),
    Usual("fit", Axis.COMMERCIAL, 2, "Strategic fit", {"fa": "تناسب راهبردی", "ar": "التوافق الاستراتيجي"},
          _("0: sells for a competitor only. 50: neutral. 100: wants to build its business on us.")),
)  # fmt: skip
#: From this number on -> points.
_STEPS: dict[str, tuple[tuple[int, int], ...]] = {
    "technicians": ((0, 0), (1, 30), (3, 60), (6, 80), (11, 100)),
    "sellers": ((0, 0), (1, 30), (2, 60), (4, 80), (8, 100)),
    "customers": ((0, 0), (1, 20), (10, 50), (50, 75), (200, 100)),
    "years": ((0, 10), (1, 30), (3, 60), (6, 80), (10, 100)),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its value, ``None`` where it is not judged yet, and what it was judged by."""

    criterion: Criterion
    value: int | None
    source: str

    @property
    def guide(self) -> str:
        return guide_of(self.criterion)

    @property
    def points(self) -> int:
        return self.criterion.weight * (self.value or 0)


@dataclass(frozen=True, slots=True)
class Card:
    """A score as it is explained: per axis its lines, the sum of weights, the score."""

    axis: str
    label: str
    lines: tuple[Line, ...]
    score: Decimal
    strong: bool

    @property
    def weights(self) -> int:
        return sum(line.criterion.weight for line in self.lines)


def guide_of(criterion: Criterion) -> str:
    """How to judge: the operator's own words, else those of the usual set in the reader's language."""
    if criterion.guide:
        return criterion.guide
    return next((str(each.guide) for each in USUAL if each.code == criterion.code), "")


def criteria() -> list[Criterion]:
    """The active ones, technical first."""
    return list(Criterion.objects.filter(active=True))


def ensure_criteria() -> list[Criterion]:
    """The operator's criteria; the usual set is written where it has none yet. Runs in the office or as the worker."""
    if not Criterion.objects.exists():
        Criterion.objects.bulk_create(
            [
                Criterion(
                    code=each.code,
                    axis=each.axis,
                    weight=each.weight,
                    name=each.name,
                    names=dict(each.names),
                )
                for each in USUAL
            ],
            ignore_conflicts=True,
        )
    return criteria()


def automatic(application: Application) -> dict[str, tuple[int, str]]:
    """Code -> value and input, for what the application itself tells."""
    told: dict[str, int | None] = {
        "technicians": application.technicians,
        "sellers": application.sellers,
        "customers": application.customers,
        "years": timezone.now().year - application.founded if application.founded else None,
    }
    return {code: (_points(code, number), str(number)) for code, number in told.items() if number is not None}


def _points(code: str, number: int) -> int:
    return max((points for least, points in _STEPS[code] if number >= least), default=0)


def weighted(pairs: Iterable[tuple[int, int]]) -> Decimal:
    """sum(weight x value) / sum(weights), to a tenth; 0 without weights."""
    pairs = list(pairs)
    total = sum(weight for weight, _value in pairs)
    if not total:
        return Decimal(0)
    exact = Decimal(sum(weight * value for weight, value in pairs)) / total
    return exact.quantize(TENTH, ROUND_HALF_UP)


def cards(scores: Iterable[Score]) -> list[Card]:
    """Both axes, explained. Criteria that are not judged count as nothing."""
    given = {score.criterion_id: score for score in scores}
    lines = [
        Line(
            each,
            given[each.pk].value if each.pk in given else None,
            given[each.pk].source if each.pk in given else "",
        )
        for each in criteria()
    ]
    out = []
    for axis in Axis:
        own = tuple(line for line in lines if line.criterion.axis == axis)
        score = weighted((line.criterion.weight, line.value or 0) for line in own)
        out.append(Card(axis.value, str(axis.label), own, score, score >= strong_from()))
    return out


def read_scores(given: Mapping[str, Any]) -> dict[Criterion, tuple[int, str]]:
    """``{code: {"value", "source"}}`` or ``{code: value}``, read. Raises ``Invalid`` with the code as field."""
    known = {each.code: each for each in criteria()}
    errors, out = [], {}
    for code, told in given.items():
        value, source = (
            (told.get("value"), told.get("source", "")) if isinstance(told, Mapping) else (told, "")
        )
        written = to_latin(str("" if value is None else value)).strip()
        if code not in known:
            errors.append(InputError("unknown_field", _("There is no such criterion."), code))
        elif not written:
            continue
        elif not written.isdecimal() or int(written) > 100:
            errors.append(InputError("out_of_range", _("Write a whole number from 0 to 100."), code))
        else:
            out[known[code]] = (int(written), values.text(240)(source))
    if errors:
        raise Invalid(errors)
    return out


def keep_scores(actor: Actor, rows: Any, given: Mapping[Criterion, tuple[int, str]], **owner: Any) -> None:
    """Write scores into ``rows`` (a manager of a ``Score``) for the object named by ``owner``."""
    for criterion, (value, source) in given.items():
        rows.update_or_create(
            criterion=criterion, **owner, defaults={"value": value, "source": source, "author": actor.name}
        )


def save_criterion(
    actor: Actor,
    *,
    code: str,
    axis: str,
    weight: int,
    name: str,
    names: Mapping[str, str] | None = None,
    guide: str = "",
    active: bool = True,
) -> Criterion:
    """Write one criterion; scores that are given stay, sums follow where they are read. Raises ``InputError``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    if not 0 <= weight <= 100:
        raise InputError("out_of_range", _("Write a whole number from 0 to 100."), "weight")
    fields = {
        "axis": values.choice(Axis)(axis),
        "weight": weight,
        "name": values.text(200, required=True)(name),
        "names": values.names(names),
        "guide": guide.strip()[:2000],
        "active": active,
    }
    key = values.tag(40)(code)
    if not key:
        raise InputError("required", _("This must not be empty."), "code")
    row: Criterion
    row, _made = Criterion.objects.update_or_create(code=key, defaults=fields)
    audit.record(actor, "criterion.save", row, ref=row.code, changes={"weight": weight, "active": active})
    return row


def get_criterion(actor: Actor, code: str) -> Criterion:
    """Raises ``NotFound``."""
    actor.require(Permission.MANAGE_PROGRAMS)
    found: Criterion | None = Criterion.objects.filter(code=code).first()
    if found is None:
        raise NotFound()
    return found


def all_criteria(actor: Actor) -> list[Criterion]:
    """Those that no longer count, too; the usual set where there was none."""
    actor.require(Permission.MANAGE_PROGRAMS)
    ensure_criteria()
    return list(Criterion.objects.order_by("-active", "-axis", "-weight", "code"))
