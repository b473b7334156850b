"""Parts of homes that are fetched by themselves."""

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from incentives.standing import clock_of, standing_of
from performance.headline import headline_kpi, running_of, visible_kpis
from performance.transactions import family_mix, own_reps
from portal.homes import partner
from portal.homes.panels import partner_values
from portal.shell.access import actor_of_request, member_page
from portal.shell.charts import donut
from portal.shell.context import THEME_COOKIE
from portal.shell.formats import TOMAN_COOKIE, formats_of
from tenancy.enums import Permission

#: Parts of a mix that are drawn by name; the rest is one part.
PARTS = 4


@member_page(Permission.VIEW_ACCRUALS, audience="partner")
def live(request: HttpRequest) -> HttpResponse:
    """The moving part of a partner's home (``part``: "hero" or "rest" of it); 304 while nothing of it has moved."""
    actor = actor_of_request(request)
    wishes = [request.COOKIES.get(name, "") for name in (TOMAN_COOKIE, THEME_COOKIE)]
    tag = partner.mark(actor, get_language() or "", *wishes)
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    context = {"panel": partner_values(actor, request), "part": request.GET.get("part", "")}
    response = render(request, "portal/homes/partner_live.html", context)
    response.headers["ETag"] = tag
    return response


@member_page(Permission.VIEW_ACCRUALS, audience="partner")
def trend(request: HttpRequest) -> HttpResponse:
    """What was earned in the last periods."""
    actor = actor_of_request(request)
    standing = standing_of(actor, partner.company_of(actor), reps=own_reps(actor))
    chart = partner.trend_chart(standing, formats_of(request))
    return render(request, "portal/homes/trend.html", {"chart": chart})


@member_page(Permission.VIEW_TRANSACTIONS, audience="partner")
def mix(request: HttpRequest) -> HttpResponse:
    """The running period's business by product family. It reads the lines of that period, so the home does not wait."""
    actor = actor_of_request(request)
    formats = formats_of(request)
    kpi = headline_kpi(visible_kpis(actor))
    clock = clock_of(actor.operator)
    period = running_of(actor, kpi, clock.today) if kpi else clock.running["quarter"]
    parts = family_mix(actor, partner.company_of(actor), period, reps=own_reps(actor))
    named = [(name or _("No product"), amount) for name, amount in parts if amount > 0]
    if len(named) > PARTS + 1:
        named = [*named[:PARTS], (_("Other"), sum((amount for _name, amount in named[PARTS:]), Decimal(0)))]
    title = _("Sales by product family")
    chart = donut(title, named, write=formats.money) if named else None
    return render(request, "portal/homes/mix.html", {"chart": chart, "period": formats.period(period.code)})
