"""What was earned: the list of accruals, and why each is what it is."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.ahead import ahead_of
from incentives.explain import (
    Source,
    cuts_of,
    explain_accrual,
    explain_line,
    missing_conditions,
    rounding_of,
    sources_of,
)
from incentives.lines import counted_total, standings
from incentives.models import Accrual, AccrualLine
from incentives.selectors import accruals_for, begun, get_accrual, kpis_named, lines_of
from incentives.standing import clock_of
from partners.selectors import partners_for
from performance.counting.behind import Behind, credits_behind
from performance.models import Kpi
from performance.transactions import own_reps
from portal.homes.words import ahead_sentence, at_most, plain_value
from portal.performance.rows import credit_rows
from portal.rewards.cuts import cut_words, line_rows
from portal.rewards.explained import Writer, inputs_of
from portal.rewards.filters import AccrualFilter
from portal.rewards.tables import AccrualTable
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from portal.shell.lists import Empty, ListPage
from tenancy.actors import Actor
from tenancy.enums import Permission

PAGE = 25


class AccrualList(ListPage):
    title = gettext_lazy("Earnings")
    subtitle = gettext_lazy(
        "What each scheme owes so far, period by period. Each amount opens into how it came about."
    )
    table_class = AccrualTable
    filter_class = AccrualFilter
    permission = Permission.VIEW_ACCRUALS
    export_name = "earnings"
    empty = Empty(
        gettext_lazy("Nothing earned yet"),
        gettext_lazy("Amounts appear here as soon as a transaction counts for a scheme."),
        "coins",
    )

    def rows(self) -> QuerySet[Accrual]:
        rows = begun(self.actor, accruals_for(self.actor))
        return rows.order_by("-period", "version__scheme__code", "-amount")

    def table_options(self) -> dict[str, Any]:
        alone = self.actor.is_partner and partners_for(self.actor).count() < 2
        running = clock_of(self.actor.operator).running_codes
        return {"running": running, "exclude": ("partner",) if alone else ()}


@member_page(Permission.VIEW_ACCRUALS)
def accrual(request: HttpRequest, pk: int) -> HttpResponse:
    """One amount, opened: formula in words, inputs, tables, cap, rounding, and the transactions behind it."""
    actor = actor_of_request(request)
    found = get_accrual(actor, pk)
    per_line = found.version.scheme.scope == "transaction"
    values = _of_transactions(request, actor, found) if per_line else _of_period(request, actor, found)
    formats = formats_of(request)
    cuts = cuts_of(found.cuts)
    return render(request, "portal/rewards/accrual.html", {
        "title": str(found.version.scheme),
        "crumbs": [(_("Earnings"), reverse("rewards:list"))],
        "accrual": found,
        "scheme": found.version.scheme,
        "version": found.version,
        "exact": at_most(found.exact, 6),
        "cuts": cut_words(actor, cuts, found.version, formats),
        "rounding": at_most(rounding_of(found, cuts), 12) if found.eligible else Decimal(0),
        "kind": found.version.scheme.kind,
        "per_line": per_line,
        "missing": missing_conditions(found),
        "running": found.period in clock_of(actor.operator).running_codes,
        **values,
    })  # fmt: skip


def _of_period(request: HttpRequest, actor: Actor, accrual: Accrual) -> dict[str, Any]:
    formats = formats_of(request)
    explanation = explain_accrual(actor, accrual)
    sources = readable(actor, sources_of(actor, accrual))
    chosen = chosen_source(request, sources)
    kpis = kpis_named(actor, explanation.trace.program.names)
    names = {kpi.code: str(kpi) for kpi in kpis}
    links = {source.kpi.code: f"?kpi={source.kpi.code}#transactions" for source in sources}
    behind = behind_of(request, actor, chosen) if chosen else None
    return {
        "holds": explanation.holds,
        "pieces": Writer(explanation.trace, formats, names).pieces(),
        "inputs": inputs_of(explanation.trace, formats, names, links, chosen.kpi.code if chosen else ""),
        "ahead": [
            ahead_sentence(each, formats, names) for each in ahead_of(accrual, actor.operator.currency)
        ],
        "sources": sources,
        "chosen": chosen,
        "behind": behind,
        "measured": measured_value(explanation.trace.inputs.values, chosen),
        "total": behind.written(request, chosen.kpi) if behind and chosen else "",
    }


def readable(actor: Actor, sources: list[Source]) -> list[Source]:
    """A seller reads the own transactions only, so figures of the whole company have none to show."""
    reps = own_reps(actor)
    if not actor.can(Permission.VIEW_TRANSACTIONS):
        return []
    return sources if reps is None else [source for source in sources if source.rep_id in reps]


def chosen_source(request: HttpRequest, sources: list[Source]) -> Source | None:
    wanted = request.GET.get("kpi", "")
    return next((source for source in sources if source.kpi.code == wanted), sources[0] if sources else None)


def measured_value(values: Any, chosen: Source | None) -> Decimal | None:
    return values.get(chosen.kpi.code, Decimal(0)) if chosen else None


@dataclass(frozen=True, slots=True)
class BehindPage:
    """One page of the transactions behind an input."""

    rows: list[Any]
    page: Page[Any]
    found: Behind

    def written(self, request: HttpRequest, kpi: Kpi) -> str:
        """What the transactions add up to, as the KPI measures; empty where they alone do not say."""
        if self.found.total is None:
            return ""
        from incentives.programs import type_of

        formats = formats_of(request)
        return plain_value(formats, self.found.total, type_of(kpi, formats.currency))


def behind_of(
    request: HttpRequest, actor: Actor, source: Source, until: datetime | None = None
) -> BehindPage:
    """The page of transactions that the address asks for; ``until``: of those that had arrived by then."""
    number = max(int(text), 1) if (text := request.GET.get("page", "1")).isdecimal() and len(text) < 7 else 1
    found = credits_behind(
        actor,
        source.kpi,
        source.period,
        source.partner_id,
        source.rep_id,
        until=until,
        offset=(number - 1) * PAGE,
        most=PAGE,
    )
    paginator = Paginator(range(found.count), PAGE)
    return BehindPage(credit_rows(actor, found.credits), paginator.get_page(number), found)


def _of_transactions(request: HttpRequest, actor: Actor, accrual: Accrual) -> dict[str, Any]:
    """A transaction scheme: every line with what it earned; one of them opened."""
    formats = formats_of(request)
    lines = lines_of(actor, accrual)
    paginator = Paginator(lines, PAGE)
    page = paginator.get_page(request.GET.get("page", "1"))
    shown: list[AccrualLine] = list(page.object_list)
    wanted = request.GET.get("line", "")
    opened = next((line for line in shown if str(line.pk) == wanted), shown[0] if shown else None)
    for line in shown:
        line.version = accrual.version
    known = standings(actor, shown)
    exact = counted_total(actor, accrual)
    kind = accrual.version.scheme.kind
    trace = explain_line(actor, opened) if opened else None
    return {
        "holds": exact == accrual.exact,
        "pieces": Writer(trace, formats, {}).pieces() if trace else [],
        "opened": opened,
        "opened_exact": at_most(opened.exact, 6) if opened else None,
        "opened_cuts": cut_words(actor, cuts_of(opened.cuts), accrual.version, formats) if opened else [],
        "lines": line_rows(actor, shown, known, kind, formats),
        "lines_page": page,
        "lines_total": at_most(exact, 6),
    }
