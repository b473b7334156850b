"""One settled line, opened: from its amount to the formula, to what went in, to the transactions."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from incentives.explain import cuts_of, explain_line
from incentives.lines import standings
from incentives.models import AccrualLine, StatementLine
from incentives.selectors import kpis_named
from incentives.statements.content import item_of
from incentives.statements.explain import Settled, sources_of_line, transactions_of
from incentives.statements.selectors import get_line, later_lines
from incentives.states import LineKind
from incentives.wording import at_most
from portal.rewards.cuts import cut_words, line_rows
from portal.rewards.explained import Writer, inputs_of
from portal.rewards.views import PAGE, behind_of, chosen_source, measured_value, readable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.statements.disputing import disputing
from tenancy.actors import Actor
from tenancy.enums import Permission


@member_page(Permission.VIEW_STATEMENTS)
def line(request: HttpRequest, statement: str, position: int) -> HttpResponse:
    """Why one amount of a statement is what it is."""
    actor = actor_of_request(request)
    found = get_line(actor, statement, position)
    formats = formats_of(request)
    codes = found.version.names if found.version else {}
    names = {kpi.code: str(kpi) for kpi in kpis_named(actor, codes)}
    item = item_of(actor, found, formats, names)
    number = found.statement.number
    return render(request, "portal/statements/line.html", {
        "title": item.title,
        "crumbs": [
            (_("Statements"), reverse("statements:list")),
            (number, reverse("statements:statement", args=[number])),
        ],
        "line": found,
        "item": item,
        "statement": found.statement,
        "later": list(later_lines(found)),
        "corrected": found.kind in (LineKind.LATE, LineKind.CLAWBACK),
        **disputing(actor, found),
        **(_calculated(request, actor, found, item.settled, names) if item.settled else {}),
    })  # fmt: skip


def _calculated(
    request: HttpRequest, actor: Actor, found: StatementLine, settled: Settled, names: dict[str, str]
) -> dict[str, Any]:
    formats = formats_of(request)
    values = {
        "settled": settled,
        "version": settled.version,
        "exact": at_most(settled.exact, 6),
        "cuts": cut_words(actor, settled.cuts, settled.version, formats),
        "kind": settled.version.scheme.kind,
        "rounding": at_most(settled.rounding, 12),
        "per_line": settled.per_transaction,
    }
    if settled.per_transaction:
        return values | _transactions(request, actor, found, settled)
    if settled.trace is None:
        return values
    sources = readable(actor, list(sources_of_line(actor, found)))
    chosen = chosen_source(request, sources)
    links = {source.kpi.code: f"?kpi={source.kpi.code}#transactions" for source in sources}
    behind = behind_of(request, actor, chosen, found.statement.as_of) if chosen else None
    return values | {
        "pieces": Writer(settled.trace, formats, names).pieces(),
        "inputs": inputs_of(settled.trace, formats, names, links, chosen.kpi.code if chosen else ""),
        "sources": sources,
        "chosen": chosen,
        "behind": behind,
        "measured": measured_value(settled.trace.inputs.values, chosen),
        "total": behind.written(request, chosen.kpi) if behind and chosen else "",
    }


def _transactions(
    request: HttpRequest, actor: Actor, found: StatementLine, settled: Settled
) -> dict[str, Any]:
    """Every transaction that earned by itself; one of them opened."""
    if not actor.can(Permission.VIEW_TRANSACTIONS):
        return {}
    page = Paginator(transactions_of(found), PAGE).get_page(request.GET.get("page", "1"))
    shown: list[AccrualLine] = list(page.object_list)
    wanted = request.GET.get("line", "")
    opened = next((each for each in shown if str(each.pk) == wanted), shown[0] if shown else None)
    for each in shown:
        each.version = settled.version
    formats = formats_of(request)
    trace = explain_line(actor, opened) if opened else None
    return {
        "pieces": Writer(trace, formats, {}).pieces() if trace else [],
        "opened": opened,
        "opened_exact": at_most(opened.exact, 6) if opened else None,
        "opened_cuts": cut_words(actor, cuts_of(opened.cuts), settled.version, formats) if opened else [],
        "lines": line_rows(actor, shown, standings(actor, shown), settled.version.scheme.kind, formats),
        "lines_page": page,
        "lines_total": at_most(settled.exact, 6),
        "holds": settled.holds,
    }
