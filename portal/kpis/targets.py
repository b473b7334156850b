"""Targets of single beneficiaries in one period: a table to write in."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from catalog.selectors import matching
from common.errors import InputError
from common.numbers import parse_local_decimal
from partners.selectors import partners_for, reps_for
from performance.enums import Beneficiary
from performance.selectors import get_kpi, targets_for
from performance.services import set_target
from portal.kpis.views import running
from portal.schemes.fields import AmountField
from portal.shell.access import actor_of_request, member_page
from tenancy.actors import Actor
from tenancy.enums import Permission

PER_PAGE = 50


@dataclass(slots=True)
class Row:
    """A beneficiary with its target as text; ``rep`` is empty where partners have targets."""

    partner: Any
    rep: Any
    text: str
    error: str = ""

    @property
    def key(self) -> str:
        return f"target-{(self.rep or self.partner).code}"


class TargetPage(View):
    """``?period=`` names the period, ``?search=`` narrows, ``?page=`` turns."""

    actor: Actor

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return member_page(Permission.MANAGE_KPIS, audience="staff")(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        self.kpi = get_kpi(self.actor, kwargs["code"])
        now = running(self.actor, self.kpi)
        self.periods = [now.next().next(), now.next(), now]
        while len(self.periods) < 8:
            self.periods.append(self.periods[-1].previous())
        wanted = request.GET.get("period", "")
        self.period = wanted if wanted in {each.code for each in self.periods} else now.code
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page, rows = self.rows()
        return self.page(page, rows, 200)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page, rows = self.rows()
        changed = 0
        with transaction.atomic():
            for row in rows:
                typed = request.POST.get(row.key)
                if typed is not None and typed.strip() != row.text:
                    row.text = typed.strip()
                    changed += self.store(row)
            if any(row.error for row in rows):
                transaction.set_rollback(True)
        if any(row.error for row in rows):
            return self.page(page, rows, 422)
        messages.success(request, _("The targets are saved.") if changed else _("Nothing was changed."))
        return HttpResponseRedirect(request.get_full_path())

    def store(self, row: Row) -> int:
        try:
            value = parse_local_decimal(row.text) if row.text else None
            set_target(
                self.actor,
                kpi=self.kpi.code,
                period=self.period,
                partner=row.partner.code,
                rep=row.rep.code if row.rep else None,
                value=value,
            )
        except InputError as error:
            row.error = error.message
            return 0
        return 1

    def rows(self) -> tuple[Page[Any], list[Row]]:
        by_rep = self.kpi.beneficiary == Beneficiary.REP
        found: Any = reps_for(self.actor) if by_rep else partners_for(self.actor)
        search = self.request.GET.get("search", "")
        everybody = matching(found.filter(active=True), search).order_by("name", "code")
        page = Paginator(everybody, PER_PAGE).get_page(self.request.GET.get("page"))
        targets = {
            (each.partner_id, each.rep_id): each.value
            for each in targets_for(self.actor, kpi=self.kpi.code).filter(period=self.period)
        }
        rows = []
        for thing in page.object_list:
            partner, rep = (thing.partner, thing) if by_rep else (thing, None)
            value = targets.get((partner.pk, rep.pk if rep else None))
            rows.append(Row(partner, rep, AmountField().prepare_value(value) if value is not None else ""))
        return page, rows

    def page(self, page: Page[Any], rows: list[Row], status: int) -> HttpResponse:
        context = {
            "title": _("Targets"),
            "kpi": self.kpi,
            "page_obj": page,
            "rows": rows,
            "periods": self.periods,
            "period": self.period,
            "search": self.request.GET.get("search", ""),
            "crumbs": [
                (_("KPIs"), reverse("kpis:list")),
                (self.kpi.label(), reverse("kpis:kpi", args=[self.kpi.code])),
            ],
        }
        return render(self.request, "portal/kpis/targets.html", context, status=status)
