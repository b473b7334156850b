"""The public form: somebody tells the operator what it needs, and the operator finds a partner for it. No login."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from catalog.enums import Layer
from common.errors import Invalid
from marketing.enums import Need, SizeBand, Timing
from marketing.leads.fields import LONGEST
from marketing.leads.public import ask, visiting
from portal.applications.public import country_of
from portal.directory.public import language_now, too_many, within
from portal.shell.crispy import form_html
from portal.shell.forms import add_errors
from tenancy.middleware import public
from tenancy.models import Operator


def _line(label: Any, most: int, *, required: bool = False, **attrs: str) -> forms.CharField:
    widget = forms.TextInput({"dir": "auto"} | attrs)
    return forms.CharField(label=label, max_length=most, required=required, widget=widget)


def _select(label: Any, choices: Any, none: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", none), *choices])


class WishForm(forms.Form):
    """``homepage`` is out of sight: only programs fill it in."""

    need = forms.ChoiceField(label=_("What are you looking for?"), choices=Need.choices)
    layer = _select(_("Kind of service"), Layer.choices, _("Not decided"))
    timing = forms.ChoiceField(label=_("When do you need it?"), choices=Timing.choices, initial=Timing.OPEN)
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 4, "dir": "auto"}),
    )
    person = _line(_("Your name"), 120, required=True, autocomplete="name")
    company = _line(_("Company"), 200, autocomplete="organization")
    size = _select(_("Size of the company"), SizeBand.choices, _("Not said"))
    email = _line(_("Your e-mail"), 254, dir="ltr", type="email", autocomplete="email")
    phone = _line(_("Phone"), 32, dir="ltr", type="tel", autocomplete="tel")
    territory = forms.ChoiceField(label=_("Where are you?"), required=False)
    city = _line(_("City"), 80, autocomplete="address-level2")
    homepage = _line(_("Leave this empty"), 200, tabindex="-1", autocomplete="off")

    def __init__(self, *args: Any, operator: Operator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        with visiting(operator) as rows:
            places = [(place.code, place.label()) for place in rows]
        cast(Any, self.fields["territory"]).choices = [("", _("Somewhere else")), *places]
        if not places:
            del self.fields["territory"]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest) -> HttpResponse:
    """The form, and what was wrong with it."""
    operator = request.operator
    if not within(request, "directory_read", reads=True):
        return too_many(request)
    if request.method == "POST" and not within(request, "directory_ask"):
        return too_many(request)
    form = WishForm(request.POST or None, operator=operator)
    if request.method == "POST" and form.is_valid() and _sent(operator, form):
        return HttpResponseRedirect(reverse("directory:wished"))
    context = {
        "title": _("Tell us what you need"),
        "form_html": form_html(form, request),
        "failed": bool(form.errors),
    }
    return render(request, "portal/directory/wish.html", context, status=422 if form.errors else 200)


def _sent(operator: Operator, form: WishForm) -> bool:
    """Whether it was passed on. What a program filled in is thrown away and looks the same from outside."""
    data = dict(form.cleaned_data)
    if data.pop("homepage"):
        return True
    try:
        # A number without its country is taken for one of here.
        ask(operator, language=language_now(), fields=data | {"country": country_of(operator.currency)})
    except Invalid as error:
        add_errors(form, error)
        return False
    return True


@public
@require_GET
def wished(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/directory/wished.html", {"title": _("Thank you")})
