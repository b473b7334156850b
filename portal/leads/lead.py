"""The page of a lead, and the steps that it offers to its partner and to the operator's people."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError, InputError, Invalid, NotFound
from marketing.enums import HELD, LeadState
from marketing.leads import selectors
from marketing.leads.candidates import capacity_of
from marketing.leads.numbers import capacity
from marketing.models import Lead
from portal.leads.availability import paused_until
from portal.leads.explain import explained
from portal.leads.lists import wanted
from portal.leads.steps import Step, find_step, form_of, steps_for
from portal.leads.words import FIELD_WORDS, history_words
from portal.shell.access import actor_of_request, member_page
from portal.workflow.about import about
from portal.workflow.stepforms import StepForm
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW = Permission.VIEW_LEADS


@member_page(VIEW)
def lead(request: HttpRequest, ref: str) -> HttpResponse:
    """A lead: what is wanted, and who wants it once that may be known."""
    actor = actor_of_request(request)
    try:
        found = selectors.get_lead(actor, ref)
    except Conflict as gone:
        return _gone(request, ref, gone)
    return render(request, "portal/leads/lead.html", _context(actor, found))


def _gone(request: HttpRequest, ref: str, why: Conflict) -> HttpResponse:
    """The company had the lead once."""
    context = {"title": ref, "why": why.message, "crumbs": _crumbs()}
    return render(request, "portal/leads/gone.html", context, status=410)


def _crumbs() -> list[tuple[Any, str]]:
    return [(_("Leads"), reverse("leads:list"))]


def _context(actor: Actor, found: Lead, refused: tuple[str, StepForm] | None = None) -> dict[str, Any]:
    steps = []
    for step in steps_for(actor, found):
        mine = refused is not None and refused[0] == step.verb
        form = refused[1] if mine and refused else form_of(step, actor, found)
        steps.append({"step": step, "form": form, "open": mine})
    contact = selectors.contact_of(actor, found)
    known = (contact.company or contact.person) if contact else ""
    return {
        "title": known or wanted(found),
        "lead": found,
        "wanted": wanted(found),
        "staff": not actor.is_partner,
        "why": None if actor.is_partner else explained(actor, found, contact),
        "load": _load(actor, found),
        "reason_text": history_words().get(found.reason, ""),
        "contact": contact,
        "steps": steps,
        "may_convert": found.state == LeadState.QUALIFIED and actor.can(Permission.REGISTER_DEALS),
        "crumbs": _crumbs(),
        **about(actor, found, states=LeadState, reasons=history_words()),
    }


def _load(actor: Actor, found: Lead) -> dict[str, Any] | None:
    """For staff: how much the company has that holds the lead."""
    if actor.is_partner or found.partner is None:
        return None
    own = selectors.settings_of(actor, found.partner_id)
    busy = selectors.leads_for(actor).filter(partner=found.partner, state__in=(LeadState.OFFERED, *HELD))
    return {
        "open": busy.count(),
        "most": capacity_of(own, capacity()),
        "paused_until": paused_until(actor, own),
        "may_change": actor.can(Permission.MANAGE_LEADS),
    }


@require_POST
@member_page(VIEW)
def act(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Take one step; refused, the page comes back with what was typed."""
    actor = actor_of_request(request)
    try:
        found = selectors.get_lead(actor, ref)
    except Conflict as gone:
        return _gone(request, ref, gone)
    step = find_step(actor, verb)
    if step is None:
        raise Http404
    form = form_of(step, actor, found, request.POST)
    if form.is_valid():
        try:
            with transaction.atomic():
                step.service(actor, ref=ref, **form.values())
        except (InputError, Conflict, Invalid) as error:
            _blame(request, form, error)
        else:
            messages.success(request, _done(step))
            return HttpResponseRedirect(_next(actor, ref))
    return _again(request, actor, ref, step, form)


def _again(request: HttpRequest, actor: Actor, ref: str, step: Step, form: StepForm) -> HttpResponse:
    """The page as it is by now: while the step was tried the lead may have gone on."""
    try:
        found = selectors.get_lead(actor, ref)
    except Conflict as gone:
        return _gone(request, ref, gone)
    return render(request, "portal/leads/lead.html", _context(actor, found, (step.verb, form)), status=422)


def _done(step: Step) -> Any:
    return _("Done: %(step)s.") % {"step": step.label}


def _next(actor: Actor, ref: str) -> str:
    """Back to the lead, or to the list where the step took it out of the actor's sight."""
    try:
        selectors.get_lead(actor, ref)
    except (Conflict, NotFound):
        return reverse("leads:list")
    return reverse("leads:lead", args=[ref])


def _blame(request: HttpRequest, form: forms.Form, error: DomainError) -> None:
    """At its field; what no field of the form is to blame for, above the page."""
    for one in error.errors if isinstance(error, Invalid) else [error]:
        if one.field in form.fields:
            form.add_error(one.field, one.message)
        else:
            name = FIELD_WORDS.get(one.field or "")
            messages.error(request, f"{name}: {one.message}" if name else one.message)
