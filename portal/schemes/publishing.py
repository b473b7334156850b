"""Putting a draft in force, and ending a scheme: both say first what will happen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, Invalid
from incentives.approval import is_missing
from incentives.overview import effect_of_publishing, today_of
from incentives.selectors import get_scheme, newest_version
from incentives.services import end_scheme, publish_version
from portal.catalog.formbase import DayField
from portal.schemes.wording import eligibility_words
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from tenancy.enums import Permission


@member_page(Permission.MANAGE_SCHEMES, audience="staff")
def publish(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows what publishing does; POST does it."""
    actor = actor_of_request(request)
    scheme = get_scheme(actor, code)
    version = newest_version(actor, scheme)
    if version.published_at is not None:
        raise Http404
    refusal, status = "", 200
    if request.method == "POST":
        try:
            with transaction.atomic():
                publish_version(actor, version_id=version.pk)
        except (Conflict, InputError, Invalid) as error:
            refusal, status = error.message, 422
        else:
            messages.success(request, _("The scheme is published. Accruals appear in a moment."))
            return HttpResponseRedirect(reverse("schemes:scheme", args=[scheme.code]))
    context = {
        "title": _("Publish version %(number)s?") % {"number": version.number},
        "scheme": scheme,
        "version": version,
        "effect": effect_of_publishing(actor, version),
        "eligibility": eligibility_words(actor, version.eligibility),
        "refusal": refusal,
        "approval_missing": is_missing(version),
        "crumbs": [
            (_("Incentive schemes"), reverse("schemes:list")),
            (str(scheme), reverse("schemes:scheme", args=[scheme.code])),
        ],
    }
    return render(request, "portal/schemes/publish.html", context, status=status)


class EndForm(forms.Form):
    ends = DayField(label=_("Last day"), help_text=_("What was earned until then stays."))

    def __init__(self, *args: Any, calendar: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends"].calendar = calendar  # type: ignore[attr-defined]


class EndScheme(FormPage):
    title = _("End the scheme")
    form_class = EndForm
    permission = Permission.MANAGE_SCHEMES
    audience = "staff"
    submit_label = _("End the scheme")
    success = _("The scheme ends on the day you chose.")

    def prepare(self) -> None:
        self.scheme = get_scheme(self.actor, self.kwargs["code"])
        if not self.scheme.published:
            raise Http404

    def form_kwargs(self) -> dict[str, Any]:
        return {"calendar": self.actor.operator.days, "initial": {"ends": today_of(self.actor)}}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("schemes:scheme", args=[self.scheme.code])}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (str(_("Incentive schemes")), reverse("schemes:list")),
            (str(self.scheme), reverse("schemes:scheme", args=[self.scheme.code])),
        ]

    def save(self, form: Any) -> str:
        end_scheme(self.actor, scheme_code=self.scheme.code, last_day=form.cleaned_data["ends"])
        return reverse("schemes:scheme", args=[self.scheme.code])
