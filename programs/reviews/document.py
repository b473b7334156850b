"""The review pack as a document: frozen figures, written in a language and the operator's calendar, with charts."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from common import pdf
from common.calendars import base_language
from common.errors import Conflict
from common.formats import Formats, formats_for
from partners.book.enums import Side
from programs.goals.enums import GoalState
from programs.goals.targets import MONEY
from programs.models import Review
from programs.reviews.services import actions_of, get_review
from tenancy.actors import Actor

ZERO, ONE = Decimal(0), Decimal(1)


def review_pdf(actor: Actor, review_id: int, language: str) -> bytes:
    """The pack in English, Persian or Arabic. Raises ``NotFound``, and ``Conflict`` before it was prepared."""
    review = get_review(actor, review_id)
    if not review.pack:
        raise Conflict("not_prepared", _("This review is not prepared yet."))
    code = base_language(language)
    with translation.override(code):
        data = _document(actor, review, formats_for(actor.operator, code))
    return pdf.render("review", data, language=language)


def _document(actor: Actor, review: Review, formats: Formats) -> dict[str, Any]:
    pack, operator = review.pack, actor.operator
    quarter = formats.period(review.period)
    return {
        "title": _("Review of %(period)s") % {"period": quarter},
        "brand": {"name": operator.label(formats.language), "colour": operator.brand_colour},
        "foot": f"{review.partner.label(formats.language)} · {quarter}",
        "page_words": [_("Page"), _("of")],
        "partner": review.partner.label(formats.language),
        "score": _score(pack["plan"], formats),
        "facts": [
            [_("Quarter"), quarter],
            [_("Figures of"), formats.day(date.fromisoformat(pack["as_of"]))],
            [_("Prepared by"), review.prepared_by_name],
            [_("Planned for"), formats.day(review.planned_on)],
        ],
        "sales": _sales(pack["sales"], formats),
        "goals": _goals(pack["goals"], formats),
        "plan": _plan(pack["plan"], formats),
        "parts": _parts(pack["words"], formats),
        "late": _late(pack["words"], formats),
        "tasks": _tasks(pack["tasks"], formats),
        "actions": _actions(review, formats),
    }


def _sales(sales: Any, formats: Formats) -> Any:
    """Bars: label, written value, height as a share of the tallest."""
    if not sales:
        return None
    values = [Decimal(row["value"]) for row in sales["quarters"]]
    tallest = max([*values, ZERO]) or ONE
    bars = [
        [
            formats.period(row["period"]),
            formats.money(value, compact=True),
            _ratio(max(value, ZERO) / tallest),
        ]
        for row, value in zip(sales["quarters"], values, strict=True)
    ]
    return {"title": _said(sales["kpi"], formats), "bars": bars}


def _goals(goals: list[Any], formats: Formats) -> Any:
    rows = []
    for row in goals:
        write = _writer(row["measure"], formats)
        rows.append([
            _said(row["kpi"], formats), write(Decimal(row["target"])), write(Decimal(row["value"])),
            formats.percent(Decimal(row["share"])), str(GoalState(row["state"]).label), _ratio(min(Decimal(row["share"]), ONE)),
        ])  # fmt: skip
    heads = [_("Goal"), _("Target"), _("Reached"), _("Attainment"), _("State")]
    return {
        "title": _("Goals"),
        "heads": heads,
        "rows": rows,
        "none": _("No goal was agreed for this quarter."),
    }


def _plan(plan: Any, formats: Formats) -> Any:
    if not plan:
        return None
    rows = [
        [
            row["title"], formats.number(Decimal(row["weight"])), formats.percent(Decimal(row["attainment"])),
            formats.number(Decimal(row["points"]), 1), _ratio(min(Decimal(row["attainment"]), ONE)),
        ]
        for row in plan["objectives"]
    ]  # fmt: skip
    heads = [_("Objective"), _("Weight"), _("Attainment"), _("Points")]
    kind = _("Joint business plan")
    score = [_("Score so far"), "", "", formats.number(Decimal(plan["score"]), 1)]
    return {
        "title": f"{kind}: {plan['title']}",
        "heads": heads,
        "rows": rows,
        "total": score,
    }


def _score(plan: Any, formats: Formats) -> list[str]:
    return [_("Score of the plan"), formats.number(Decimal(plan["score"]), 1) if plan else "–"]


def _parts(words: Any, formats: Formats) -> Any:
    return {"title": _("How it stands"), "rows": words[formats.language]["facts"]}


def _late(words: Any, formats: Formats) -> Any:
    rows = [
        [str(Side(side).label), what, formats.day(date.fromisoformat(due))]
        for side, what, due in words[formats.language]["late"]
    ]
    heads = [_("Side"), _("What is overdue"), _("Due on")]
    return {"title": _("Overdue"), "heads": heads, "rows": rows, "none": _("Nothing is overdue.")}


def _tasks(tasks: Any, formats: Formats) -> Any:
    rows = [
        [str(Side(side).label), *(formats.number(tasks[side][name]) for name in ("open", "overdue", "done"))]
        for side in (Side.OPERATOR, Side.PARTNER)
    ]
    return {"title": _("Tasks"), "heads": [_("Side"), _("Open"), _("Overdue"), _("Done")], "rows": rows}


def _actions(review: Review, formats: Formats) -> Any:
    rows = [[str(Side(row.side).label), row.title, formats.day(row.due_on)] for row in actions_of(review)]
    return {"title": _("Actions"), "heads": [_("Side"), _("Action"), _("Due on")], "rows": rows}


def _writer(measure: str, formats: Formats) -> Callable[[Decimal], str]:
    return formats.money if measure in MONEY else lambda value: formats.number(value, 2)


def _said(names: Any, formats: Formats) -> str:
    return str(names["names"].get(formats.language) or names["name"])


def _ratio(share: Decimal) -> str:
    """A length for the template, from 0 to 1."""
    return f"{min(max(share, ZERO), ONE):.4f}"
