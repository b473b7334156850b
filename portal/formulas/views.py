"""The formula editor: what can be named, a check while typing, and the result for a chosen beneficiary."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from catalog.selectors import matching
from common.errors import InputError, NotFound
from common.numbers import parse_local_decimal
from formula import FormulaError
from formula.errors import line_and_column
from formula.types import describe
from incentives.accrual.eligibility import LINE_KEYS, PARTNER_KEYS
from incentives.enums import Payee, Rounding, SchemeKind, SchemePeriod
from incentives.preview import Preview, Sketch, preview
from incentives.programs import FormulaInvalid, compile_formula, schema_for
from partners.selectors import partners_for, reps_for
from portal.formulas.asked import Asked, asked_of
from portal.formulas.catalogue import catalogue_for, recent_periods
from portal.formulas.words import error_text, threshold_words, trace_words
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from tenancy.actors import Actor
from tenancy.enums import Permission

OFFERED = 20


def editor_context(actor: Actor, asked: Asked) -> dict[str, Any]:
    """What ``portal/formulas/editor.html`` needs besides the text of the formula."""
    return {
        "asked": asked,
        "catalogue": catalogue_for(actor, asked.scope, asked.period, asked.payee),
        "periods": recent_periods(actor, asked.period),
    }


@member_page(Permission.VIEW_SCHEMES, audience="staff")
def workshop(request: HttpRequest) -> HttpResponse:
    """Try formulas; nothing is stored."""
    actor = actor_of_request(request)
    context = {
        "title": _("Formula workshop"),
        "subtitle": _("Write a formula and see at once what it would pay. Nothing is stored here."),
        "kinds": SchemeKind.choices,
        "payees": Payee.choices,
        "period_kinds": SchemePeriod.choices,
        "formula": request.GET.get("formula", ""),
        **editor_context(actor, asked_of(request.GET)),
    }
    return render(request, "portal/formulas/workshop.html", context)


@member_page(Permission.VIEW_SCHEMES, audience="staff")
def names(request: HttpRequest) -> HttpResponse:
    """The side of the editor and the periods for another kind of scheme."""
    context = editor_context(actor_of_request(request), asked_of(request.GET)) | {"swap": True}
    return render(request, "portal/formulas/names.html", context)


@require_POST
@member_page(Permission.VIEW_SCHEMES, audience="staff")
def check(request: HttpRequest) -> JsonResponse:
    """``{"ok", "type", "names", "errors": [{"code", "message", "start", "end", "line", "column"}]}``.

    Offsets count characters (code points) of the source.
    """
    actor, asked = actor_of_request(request), asked_of(request.POST)
    source = _source(request)
    schema = schema_for(actor.operator, asked.scope, period=asked.period, payee=asked.payee)
    try:
        program = compile_formula(actor.operator, source, schema, asked.kind)
    except FormulaInvalid as invalid:
        errors = [_error(source, error) for error in invalid.errors]
        return JsonResponse({"ok": False, "type": None, "names": [], "errors": errors})
    used = sorted(program.names | program.context)
    return JsonResponse({"ok": True, "type": describe(program.type, _), "names": used, "errors": []})


def _source(request: HttpRequest) -> str:
    """The text as the editor holds it: forms send line ends as two characters."""
    return request.POST.get("formula", "").replace("\r\n", "\n")


def _error(source: str, error: FormulaError) -> dict[str, Any]:
    line, column = line_and_column(source, error.start)
    return {
        "code": error.code,
        "message": error_text(error),
        "start": error.start,
        "end": error.end,
        "line": line,
        "column": column,
    }


@require_POST
@member_page(Permission.VIEW_SCHEMES, audience="staff")
def show_preview(request: HttpRequest) -> HttpResponse:
    """A fragment with the result for the chosen beneficiary, or with what is still missing."""
    actor, asked = actor_of_request(request), asked_of(request.POST)
    sketch = _sketch(request, asked)
    chosen = request.POST.get("beneficiary", "").strip()
    template = "portal/formulas/result.html"
    if not chosen:
        return render(request, template, {"hint": "choose"})
    try:
        result = preview(actor, sketch, beneficiary=chosen, period_code=request.POST.get("when", ""))
    except NotFound:
        return render(request, template, {"hint": "unknown"})
    except FormulaInvalid:
        return render(request, template, {"hint": "errors"})
    except InputError:
        return render(request, template, {"hint": "period"})
    return render(request, template, _result(request, actor, asked, result))


def _sketch(request: HttpRequest, asked: Asked) -> Sketch:
    """The formula with what a scheme's form around it says of conditions, cap and rounding."""
    data = request.POST
    keys = [*PARTNER_KEYS, *(LINE_KEYS if asked.scope == "transaction" else ())]
    eligibility = {key: data.getlist(f"only_{key}") for key in keys if data.getlist(f"only_{key}")}
    rounding = data.get("rounding", "")
    try:
        cap = parse_local_decimal(data["cap"]) if data.get("cap") else None
    except InputError:
        cap = None
    return Sketch(
        _source(request),
        asked.kind,
        asked.payee,
        asked.period,
        eligibility,
        cap,
        rounding if rounding in Rounding.values else Rounding.HALF_EVEN,
    )


def _result(request: HttpRequest, actor: Actor, asked: Asked, result: Preview) -> dict[str, Any]:
    formats = formats_of(request)
    labels = catalogue_for(actor, asked.scope, asked.period, asked.payee).labels
    return {
        "result": result,
        "scope": asked.scope,
        "kind": asked.kind,
        "parts": trace_words(result.trace, formats) if result.trace else [],
        "ahead": threshold_words(result.ahead, result.program.schema, labels, formats),
        "runtime_error": error_text(result.error) if result.error else "",
    }


@member_page(Permission.VIEW_PARTNERS, audience="staff")
def beneficiaries(request: HttpRequest) -> HttpResponse:
    """Options for a search among partners, or reps where they earn."""
    actor, text = actor_of_request(request), request.GET.get("beneficiary", "")
    found: Any = reps_for(actor) if asked_of(request.GET).payee == Payee.REP else partners_for(actor)
    rows = matching(found.filter(active=True), text).order_by("code")[:OFFERED]
    return render(request, "portal/formulas/beneficiaries.html", {"rows": rows})
