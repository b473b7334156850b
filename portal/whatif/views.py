"""What-if: the reader's own KPIs turned up, or one more sale, and the reward at once from the engine's evaluator."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from common.errors import InputError
from formula import money
from incentives.accrual.result import payable
from incentives.announcements.selectors import get_version
from incentives.selectors import get_accrual, kpis_named
from incentives.simulation.summary import round_width
from incentives.whatif import (
    Knob,
    Position,
    WhatIf,
    knobs_of,
    position_of,
    position_under,
    products_that_fit,
    steps_of,
    with_more,
    with_sale,
)
from portal.formulas.words import threshold_words
from portal.homes.words import at_most, plain_value
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import Formats, formats_of
from portal.whatif.asked import Asked, asked_more, asked_sale, factor_of, unit_of
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Steps of a slider from end to end, more or less.
STEPS = 100


@dataclass(frozen=True, slots=True)
class Drawn:
    """A KPI with its field. ``most`` is where the slider ends, in the unit of the field; ``step`` what a key moves."""

    name: str
    field: str
    label: str
    now: str
    unit: str
    text: str
    slide: str
    most: str
    step: str
    error: str


@dataclass(frozen=True, slots=True)
class StepRow:
    label: str
    more: str
    amount: Decimal
    gain: Decimal


@member_page(Permission.VIEW_ACCRUALS)
def accrual(request: HttpRequest, pk: int) -> HttpResponse:
    """From an accrual: for the company itself and those below it, a seller's own rep, a PAM's book."""
    actor = actor_of_request(request)
    found = get_accrual(actor, pk)
    crumbs = [
        (_("Earnings"), reverse("rewards:list")),
        (str(found.version.scheme), reverse("rewards:accrual", args=[pk])),
    ]
    who = f"{found.rep}, {found.partner}" if found.rep else str(found.partner)
    return _answer(request, actor, position_of(actor, found), crumbs, who)


@member_page(Permission.VIEW_ACCRUALS, audience="partner")
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """From a version that may not have begun: with the company's numbers of the running period."""
    actor = actor_of_request(request)
    found = get_version(actor, code, number)
    crumbs = [
        (_("Incentive schemes"), reverse("schemes:list")),
        (str(found.scheme), reverse("announcements:version", args=[code, number])),
    ]
    return _answer(request, actor, position_under(actor, found), crumbs, "")


def _answer(
    request: HttpRequest, actor: Actor, position: Position, crumbs: list[tuple[str, str]], who: str
) -> HttpResponse:
    work = _of_sale if position.per_line else _of_kpis
    context = {
        "title": _("What if"),
        "crumbs": crumbs,
        "scheme": position.rules.scheme,
        "position": position,
        "who": who,
        **work(request, actor, position),
    }
    template = "result" if request.htmx else "page"
    status = 200 if request.htmx or not context["asked"].errors else 422
    response = render(request, f"portal/whatif/{template}.html", context, status=status)
    response.headers["Vary"] = "HX-Request"
    return response


def _of_kpis(request: HttpRequest, actor: Actor, position: Position) -> dict[str, Any]:
    formats, knobs = formats_of(request), knobs_of(position)
    asked = asked_more(request.GET, knobs, formats)
    names = {kpi.code: kpi.label() for kpi in kpis_named(actor, [knob.name for knob in knobs])}
    try:
        result = with_more(actor, position, asked.more)
    except InputError as error:
        asked.errors[f"more-{error.field}"] = str(error.message)
        result = with_more(actor, position, {})
    return {
        "asked": asked,
        "nothing": formats.number(0),
        "knobs": [_drawn(knob, names, asked, formats, result) for knob in knobs],
        "steps": [] if request.htmx else _steps(actor, position, names, formats),
        "moved": any(asked.more.values()) and not asked.errors,
        **_shown(position, result, names, formats),
    }


def _drawn(knob: Knob, names: dict[str, str], asked: Asked, formats: Formats, result: WhatIf) -> Drawn:
    name, factor = f"more-{knob.name}", factor_of(formats, knob.type)
    thresholds = [each.distance for each in result.ahead if each.name == knob.name]
    most = max([knob.value, *(distance * 2 for distance in thresholds), Decimal(20)]) / factor
    step = round_width(most / STEPS) if most > STEPS else Decimal(1)
    most = (most / step).to_integral_value("ROUND_CEILING") * step
    return Drawn(
        name=name,
        field=f"w-{name}",
        label=names.get(knob.name, knob.name),
        now=plain_value(formats, at_most(knob.value, 2), knob.type),
        unit=unit_of(formats, knob.type),
        text=asked.texts.get(name, ""),
        slide=str(int(min(max(asked.more.get(knob.name, Decimal(0)) / factor, Decimal(0)), most))),
        most=f"{most:f}",
        step=f"{step:f}",
        error=asked.errors.get(name, ""),
    )


def _steps(actor: Actor, position: Position, names: dict[str, str], formats: Formats) -> list[StepRow]:
    return [
        StepRow(
            names.get(step.name, step.name),
            plain_value(formats, at_most(step.more, 2), step.type),
            step.amount,
            step.gain,
        )
        for step in steps_of(actor, position)
    ]


def _of_sale(request: HttpRequest, actor: Actor, position: Position) -> dict[str, Any]:
    formats, unit = formats_of(request), money(actor.operator.currency)
    asked = asked_sale(request.GET, formats, unit)
    result = None
    if asked.sale is not None:
        try:
            result = with_sale(actor, position, asked.sale)
        except InputError as error:
            asked.errors[error.field or "amount"] = str(error.message)
    products = [] if request.htmx else products_that_fit(actor, position)
    return {
        "asked": asked,
        "products": products,
        "unit": unit_of(formats, unit),
        "moved": result is not None,
        **_shown(position, result or _nothing_more(actor, position), {}, formats),
    }


def _nothing_more(actor: Actor, position: Position) -> WhatIf:
    amount = payable(position.rules.version, position.exact, actor.operator.currency)
    return WhatIf(amount, amount)


def _shown(position: Position, result: WhatIf, names: dict[str, str], formats: Formats) -> dict[str, Any]:
    schema = position.rules.program.schema
    return {
        "result": result,
        "components": [(label, at_most(amount, 6)) for label, amount in result.components if label],
        "ahead": threshold_words(result.ahead, schema, names, formats),
        "failed": bool(result.error),
    }
