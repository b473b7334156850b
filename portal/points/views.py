"""A partner's points and what they buy, one exchange with its decision, benefits and funds."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, InputError, Invalid
from common.numbers import parse_local_decimal
from incentives.accrual.counted import today_of
from incentives.benefituse import uses_for
from incentives.enums import RedemptionState
from incentives.grants import funds, grants, held_of
from incentives.models import BenefitUse
from incentives.rewards import (
    MACHINE,
    ask_for_reward,
    balances,
    decide_redemption,
    get_redemption,
    my_balance,
    redemptions_for,
    rewards_for,
)
from portal.shell.access import actor_of_request, member_page
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import history

#: Verb of the address -> state.
VERBS = {
    "approve": RedemptionState.APPROVED,
    "refuse": RedemptionState.REFUSED,
    "deliver": RedemptionState.DELIVERED,
}
SHOWN = 20
#: Rows of benefits on one page.
MOST = 200


@member_page(Permission.VIEW_ACCRUALS, audience="partner")
def mine(request: HttpRequest) -> HttpResponse:
    """Balance, catalogue and exchanges of the company, or of the seller who looks."""
    actor = actor_of_request(request)
    balance = my_balance(actor)
    left = balance.left if balance else 0
    context = {
        "title": _("Points"),
        "subtitle": _("Points are not money: exchange them for what is in the catalogue."),
        "balance": balance,
        "rewards": [(reward, left >= reward.points) for reward in rewards_for(actor)],
        "exchanges": redemptions_for(actor)[:SHOWN],
        "others": [each for each in balances(actor) if each.rep] if balance and not balance.rep else [],
    }
    return render(request, "portal/points/mine.html", context)


@require_POST
@member_page(Permission.VIEW_ACCRUALS, audience="partner")
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for a reward; what is wrong is said on the page of points."""
    actor = actor_of_request(request)
    try:
        quantity = int(parse_local_decimal(request.POST.get("quantity", "1"), 0, 4))
        with transaction.atomic():
            ask_for_reward(actor, code=code, quantity=quantity)
    except (Conflict, InputError) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The points are set aside. You are told when it is decided."))
    return HttpResponseRedirect(reverse("points:mine"))


@member_page(Permission.VIEW_ACCRUALS)
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """One exchange with its history; staff decide here."""
    actor = actor_of_request(request)
    found = get_redemption(actor, pk)
    may = actor.can(Permission.MANAGE_SCHEMES)
    back = ("points:mine", _("Points")) if actor.is_partner else ("points:exchanges", _("Exchanged points"))
    context: dict[str, Any] = {
        "title": found.reward.label(),
        "crumbs": [(back[1], reverse(back[0]))],
        "exchange": found,
        "history": [(each, RedemptionState(each.target).label) for each in history(found)],
        "verbs": [verb for verb, state in VERBS.items() if may and state in MACHINE.following(found.state)],
    }
    return render(request, "portal/points/exchange.html", context)


@require_POST
@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def decide(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Approve, refuse or deliver."""
    actor = actor_of_request(request)
    if verb not in VERBS:
        raise Http404
    get_redemption(actor, pk)
    try:
        with transaction.atomic():
            decide_redemption(actor, pk=pk, target=VERBS[verb], reason=request.POST.get("reason", ""))
    except (Conflict, InputError, Invalid) as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The decision is stored and told to those who asked."))
    return HttpResponseRedirect(reverse("points:exchange", args=[pk]))


def _uses(actor: Actor) -> QuerySet[BenefitUse]:
    """Newest first; a partner does not read mistakes that were taken back."""
    found = uses_for(actor)
    return (found.filter(undone_at=None) if actor.is_partner else found)[:MOST]


@member_page(Permission.VIEW_ACCRUALS)
def benefits(request: HttpRequest) -> HttpResponse:
    """Benefits that were granted and are valid or over, and what marketing funds hold."""
    actor = actor_of_request(request)
    today = today_of(actor.operator)
    found = grants(actor)
    shown = [(grant, grant.valid_on(today)) for grant in found[:MOST]]
    context = {
        "title": _("Benefits and funds"),
        "subtitle": _(
            "Granted benefits with their last day, and the marketing money that sales have brought."
        ),
        "held": held_of(found, today)[:MOST],
        "grants": shown,
        "uses": _uses(actor),
        "may_use": actor.can(Permission.WORK_BOOK),
        "funds": funds(actor),
        # A distributor reads those of its sub-partners as well.
        "alone": actor.is_partner and {grant.partner.pk for grant, _valid in shown} <= {actor.partner_id},
    }
    return render(request, "portal/points/benefits.html", context)
