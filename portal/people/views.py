"""People of the operator and of partners: list, invitation, role, access; and the API tokens of staff."""

from smtplib import SMTPException
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common.errors import Conflict, DomainError
from portal.accounts.mails import send_invitation
from portal.people.companies import company_choices
from portal.people.filters import MemberFilter
from portal.people.forms import InviteForm, RoleForm, TokenForm
from portal.people.scopes import scope_choices
from portal.people.tables import InvitationTable, MemberTable, TokenTable, member_state
from portal.shell.access import actor_of_request, member_page
from portal.shell.context import role_name
from portal.shell.crispy import form_html
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from tenancy import selectors, services
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import ApiToken, Invitation, Membership


def may_manage_people(actor: Actor) -> bool:
    return actor.can(Permission.MANAGE_STAFF) or actor.can(Permission.MANAGE_COMPANY)


class PeopleList(ListPage):
    title = _("People")
    subtitle = _("Who may sign in, and as what.")
    table_class = MemberTable
    filter_class = MemberFilter
    export_name = "people"
    template_name = "portal/people/list.html"
    empty = Empty(
        _("Nobody yet"), _("Invite the first person."), "users", "people:invite", _("Invite a person")
    )

    def rows(self) -> QuerySet[Membership]:
        return selectors.members_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Invite a person"), reverse("people:invite"), "user-plus")]

    def extra(self) -> dict[str, Any]:
        return {"tab": "people"}


class InvitationList(ListPage):
    title = _("Invitations")
    subtitle = _("A link works once and for 14 days.")
    table_class = InvitationTable
    template_name = "portal/people/list.html"
    empty = Empty(
        _("No invitations"), _("People come in by invitation."), "mail", "people:invite", _("Invite a person")
    )

    def rows(self) -> QuerySet[Invitation]:
        return selectors.invitations_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Invite a person"), reverse("people:invite"), "user-plus")]

    def extra(self) -> dict[str, Any]:
        return {"tab": "invitations"}


class Invite(FormPage):
    title = _("Invite a person")
    subtitle = _("They get a mail with a link and choose their own password.")
    form_class = InviteForm
    submit_label = _("Send the invitation")
    success = _("The invitation is on its way.")
    draft = "invite"

    def prepare(self) -> None:
        self.cancel = reverse("people:list")
        if not may_manage_people(self.actor):
            self.actor.require(Permission.MANAGE_COMPANY)

    def form_kwargs(self) -> dict[str, Any]:
        partners = company_choices(self.actor)
        initial = {"language": self.actor.operator.main_language}
        return {"operator": self.actor.operator, "partners": partners, "initial": initial}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.cancel}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("People")), self.cancel)]

    def save(self, form: InviteForm) -> str:
        data = form.cleaned_data
        partner_id = int(data["partner"]) if data.get("partner") else self.actor.partner_id
        _invite(self.actor, data | {"partner_id": partner_id})
        return reverse("people:invitations")


def _invite(actor: Actor, data: dict[str, Any]) -> None:
    """Invite and send the mail; where the mail server refuses, the invitation is undone with it."""
    fields = ("email", "name", "role", "language", "partner_id")
    invitation, secret = services.invite_member(actor, **{name: data[name] for name in fields})
    try:
        send_invitation(actor.operator, invitation, secret)
    except (SMTPException, OSError) as error:
        raise Conflict("mail_failed", _("The mail could not be sent. Try again later.")) from error


@require_POST
@member_page()
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh link for an invitation; the old one stops working."""
    actor = actor_of_request(request)
    old = selectors.get_invitation(actor, pk)
    data = {name: getattr(old, name) for name in ("email", "name", "role", "language", "partner_id")}
    return _done(request, "people:invitations", _("A new link was sent."), lambda: _invite(actor, data))


@require_POST
@member_page()
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    found = selectors.get_invitation(actor, pk)
    return _done(
        request,
        "people:invitations",
        _("The invitation was withdrawn."),
        lambda: services.revoke_invitation(actor, found),
    )


def _done(request: HttpRequest, url_name: str, text: Any, work: Any) -> HttpResponse:
    try:
        work()
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, text)
    return HttpResponseRedirect(reverse(url_name))


@member_page()
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's place: role, company, state, with what may be changed."""
    actor = actor_of_request(request)
    found = selectors.get_member(actor, pk)
    form = RoleForm(request.POST or None, partner=found.partner_id is not None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        return _done(
            request,
            "people:list",
            _("The role was changed."),
            lambda: services.change_role(actor, member_id=pk, role=form.cleaned_data["role"]),
        )
    state, state_label = member_state(found)
    context = {
        "title": found.name or found.email,
        "member": found,
        "role": role_name(found.role),
        "state": state,
        "state_label": state_label,
        "own": found.pk == actor.membership_id,
        "form_html": form_html(form, request),
        "crumbs": [(_("People"), reverse("people:list"))],
    }
    return render(request, "portal/people/member.html", context)


@require_POST
@member_page()
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    wanted = request.POST.get("active") == "1"
    text = _("The person may sign in again.") if wanted else _("The person may no longer sign in here.")
    return _done(
        request, "people:list", text, lambda: services.set_member_active(actor, member_id=pk, active=wanted)
    )


class TokenList(ListPage):
    title = _("API tokens")
    subtitle = _("Keys for programs that speak to the API in your name.")
    table_class = TokenTable
    permission = Permission.MANAGE_TOKENS
    empty = Empty(
        _("No tokens"), _("Create one for each program."), "key", "people:new_token", _("Create a token")
    )

    def rows(self) -> QuerySet[ApiToken]:
        return selectors.tokens_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Create a token"), reverse("people:new_token"))]


class NewToken(FormPage):
    title = _("Create a token")
    form_class = TokenForm
    permission = Permission.MANAGE_TOKENS
    submit_label = _("Create")

    def form_kwargs(self) -> dict[str, Any]:
        return {"scopes": scope_choices(), "initial": {"scopes": ["read"], "days": "365"}}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("API tokens")), reverse("people:tokens"))]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The secret is in this answer and nowhere else."""
        form = TokenForm(request.POST, **self.form_kwargs())
        if not form.is_valid():
            return self._page(form, 422)
        try:
            token, secret = services.create_token(self.actor, **form.values())
        except DomainError as error:
            raise Http404 from error
        context = {"title": _("Your new token"), "token": token, "secret": secret, "crumbs": self.crumbs()}
        return render(request, "portal/people/token_created.html", context)


@require_POST
@member_page(Permission.MANAGE_TOKENS)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of_request(request)
    return _done(
        request,
        "people:tokens",
        _("The token was revoked."),
        lambda: services.revoke_token(actor, token_id=pk),
    )
