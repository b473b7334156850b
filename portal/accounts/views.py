"""Invitation, membership switch, profile and security. All of them work as the login audience."""

from typing import Any

from allauth.account.utils import perform_login
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from portal.accounts import waiting
from portal.accounts.forms import JoinForm, ProfileForm
from portal.shell.access import actor_of_request, member_page
from portal.shell.context import THEME_COOKIE
from portal.shell.crispy import form_html
from portal.shell.formats import TOMAN_COOKIE, formats_of
from portal.shell.forms import FormPage
from portal.shell.views import set_language_cookie
from tenancy import selectors, services
from tenancy.enums import Role
from tenancy.middleware import MEMBERSHIP_KEY, OPERATOR_KEY
from tenancy.models import Invitation

YEAR = 365 * 24 * 3600


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponseBase:
    """Accept an invitation: as a new person with name and password, or signed in as the person it is meant for."""
    found = selectors.invitation_by_secret(secret)
    if found is None:
        waiting.forget(request)
        return render(
            request, "portal/accounts/invitation_closed.html", {"title": _("Invitation")}, status=404
        )
    waiting.remember(request, secret)
    known = selectors.person_by_email(found.email)
    if request.user.is_authenticated:
        return _accept_signed_in(request, found)
    if known is not None:
        return _invitation_page(request, found, "sign_in")
    form = JoinForm(request.POST or None, email=found.email, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        return _join(request, found, form)
    return _invitation_page(request, found, "join", form=form)


def _accept_signed_in(request: HttpRequest, found: Invitation) -> HttpResponseBase:
    person = selectors.person_by_email(found.email)
    if person is None or person.pk != request.user.pk:
        return _invitation_page(request, found, "somebody_else")
    if request.method != "POST":
        return _invitation_page(request, found, "accept")
    membership = services.accept_invitation(found, person)
    waiting.forget(request)
    request.session[MEMBERSHIP_KEY] = membership.pk
    messages.success(request, _("Welcome. You can change between your companies at the top of the page."))
    return HttpResponseRedirect("/")


def _join(request: HttpRequest, found: Invitation, form: JoinForm) -> HttpResponseBase:
    data = form.cleaned_data
    person = services.ensure_person(
        email=found.email, name=data["name"], language=found.language, password=data["password"]
    )
    membership = services.accept_invitation(found, person)
    waiting.forget(request)
    response: HttpResponseBase = perform_login(request, person, redirect_url="/")
    request.session[OPERATOR_KEY] = request.operator.pk
    request.session[MEMBERSHIP_KEY] = membership.pk
    return response


def _invitation_page(
    request: HttpRequest, found: Invitation, step: str, form: JoinForm | None = None
) -> HttpResponse:
    context = {
        "title": _("Invitation"),
        "invitation": found,
        "role": Role(found.role).label,
        "step": step,
        "form_html": form_html(form, request) if form else "",
        "login": f"{reverse('account_login')}?next={request.path}",
    }
    return render(
        request, "portal/accounts/invitation.html", context, status=422 if form and form.errors else 200
    )


@member_page()
@require_http_methods(["GET", "POST"])
def switch_membership(request: HttpRequest) -> HttpResponse:
    """Choose among the memberships at this operator; other operators are reached at their own hosts."""
    actor = actor_of_request(request)
    if request.method == "POST":
        wanted = request.POST.get("membership", "")
        if wanted not in {str(choice.pk) for choice in request.membership_choices}:
            raise Http404
        request.session[MEMBERSHIP_KEY] = int(wanted)
        return HttpResponseRedirect("/")
    others = [
        choice
        for choice in selectors.operators_of(selectors.person_of(actor).pk)
        if choice.id != actor.operator.pk
    ]
    context = {"title": _("Your companies"), "others": others}
    return render(request, "portal/accounts/switch.html", context)


def not_here(request: HttpRequest) -> HttpResponse:
    """For a page of the login library that this product does without."""
    raise Http404


@member_page()
def security(request: HttpRequest) -> HttpResponse:
    """Password, second factor and sessions at one place."""
    context = {"title": _("Sign-in and security"), "two_factor": is_mfa_enabled(request.user)}
    return render(request, "portal/accounts/security.html", context)


class Profile(FormPage):
    title = _("Profile")
    form_class = ProfileForm
    success = _("Your profile was saved.")
    template_name = "portal/accounts/profile.html"

    def form_kwargs(self) -> dict[str, Any]:
        person = selectors.person_of(self.actor)
        initial = {
            "name": person.name,
            "language": person.language or self.actor.operator.main_language,
            "theme": self.request.COOKIES.get(THEME_COOKIE, "auto"),
            "toman": formats_of(self.request).toman,
        }
        return {"operator": self.actor.operator, "initial": initial}

    def save(self, form: ProfileForm) -> str:
        data = form.cleaned_data
        services.change_profile(self.actor, name=data["name"], language=data["language"])
        return reverse("profile")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().post(request, *args, **kwargs)
        if isinstance(response, HttpResponseRedirect):
            set_language_cookie(response, request.POST["language"])
            response.set_cookie(THEME_COOKIE, request.POST.get("theme", "auto"), max_age=YEAR, samesite="Lax")
            if self.actor.operator.currency == "IRR":
                response.set_cookie(
                    TOMAN_COOKIE, "1" if "toman" in request.POST else "0", max_age=YEAR, samesite="Lax"
                )
        return response
