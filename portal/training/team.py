"""The team: who of a company holds and learns what; certificates by hand; enrolling others."""

from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import Forbidden
from portal.catalog.columns import choices_of
from portal.catalog.formbase import DayField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.workflow.about import about
from programs.enums import CertificateState
from programs.models import Certificate
from programs.training import selectors
from programs.training.certificates import enter_certificate, revoke_certificate
from programs.training.enrolments import enrol, may_enrol_others
from programs.training.stakes import stake_of
from tenancy.actors import Actor
from tenancy.enums import Permission

VIEW, MANAGE = Permission.VIEW_TRAINING, Permission.MANAGE_TRAINING


@member_page(Permission.MANAGE_COMPANY, audience="partner")
def team(request: HttpRequest) -> HttpResponse:
    """The owner's view: people with certificates and courses, what ends soon, what is mandatory and missing."""
    actor = actor_of_request(request)
    company = actor.partner_id or 0
    people = selectors.team_of(actor, company)
    missing = selectors.missing_mandatory(actor, company, people)
    held = [certificate for person in people for certificate in person.certificates]
    context = {
        "title": _("Our people's certificates"),
        "subtitle": _("Who holds what, what ends soon, and who is learning."),
        "people": [(person, missing[person.member.pk]) for person in people],
        "valid": len(held),
        "ending": [row for row in held if row.state == CertificateState.EXPIRING],
        "learning": sum(len(person.enrolments) for person in people),
    }
    return render(request, "portal/training/team.html", context)


def people_choices(actor: Actor) -> list[tuple[str, str]]:
    def label(member: Any) -> str:
        return str(member) if actor.is_partner else f"{member} · {member.partner.label()}"

    return [(str(member.pk), label(member)) for member in selectors.people_of(actor)]


class EnrolForm(forms.Form):
    member_id = forms.TypedChoiceField(label=_("Person"), coerce=int)
    course = forms.ChoiceField(label=_("Course"))
    due_on = DayField(label=_("To be done by"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["member_id"]).choices = [("", "---------"), *people_choices(actor)]
        cast(Any, self.fields["course"]).choices = [
            ("", "---------"),
            *choices_of(selectors.catalogue_of(actor)),
        ]
        cast(DayField, self.fields["due_on"]).calendar = actor.operator.days


class Enrol(FormPage):
    title = _("Enrol somebody")
    subtitle = _("They are told and find the course in their training.")
    form_class = EnrolForm
    permission = VIEW
    submit_label = _("Enrol")
    success = _("They were enrolled.")

    def prepare(self) -> None:
        if not may_enrol_others(self.actor):
            raise Forbidden()

    def form_kwargs(self) -> dict[str, Any]:
        given = {name: self.request.GET.get(name, "") for name in ("member_id", "course")}
        return {"actor": self.actor, "initial": given}

    def back(self) -> str:
        return reverse("training:team" if self.actor.is_partner else "training:people")

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.back()}

    def save(self, form: EnrolForm) -> str:
        enrol(self.actor, **form.cleaned_data)
        return self.back()


class CertificateForm(forms.Form):
    member_id = forms.TypedChoiceField(label=_("Person"), coerce=int)
    certification = forms.ChoiceField(label=_("Certification"))
    passed_on = DayField(label=_("Passed on"))
    valid_until = DayField(
        label=_("Valid until"), required=False, help_text=_("Empty: as long as the certification says.")
    )
    reference = forms.CharField(
        label=_("Reference"),
        required=False,
        max_length=80,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
        help_text=_("The number on the certificate."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(Any, self.fields["member_id"]).choices = [("", "---------"), *people_choices(actor)]
        subjects = selectors.certifications_for(actor).filter(active=True)
        cast(Any, self.fields["certification"]).choices = [("", "---------"), *choices_of(subjects)]
        for name in ("passed_on", "valid_until"):
            cast(DayField, self.fields[name]).calendar = actor.operator.days


class NewCertificate(FormPage):
    title = _("Enter a certificate")
    subtitle = _("Of an examination elsewhere. Add the proof on the next page.")
    form_class = CertificateForm
    permission = MANAGE
    audience = "staff"
    success = _("The certificate was entered.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Certificates")), reverse("training:certificates"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("training:certificates")}

    def save(self, form: CertificateForm) -> str:
        made = enter_certificate(self.actor, **form.cleaned_data)
        return reverse("training:certificate", args=[made.pk])


@member_page(VIEW)
def certificate(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """One certificate with its dates, what depends on it, its proof and its history."""
    actor = actor_of_request(request)
    found = selectors.get_certificate(actor, certificate_id)
    held = found.state in (CertificateState.PASSED, CertificateState.EXPIRING)
    context = {
        "title": found.certification.label(),
        "certificate": found,
        "stake": stake_of(actor, found) if held else None,
        "may_revoke": held and actor.can(MANAGE),
        "crumbs": [_list_of(actor)],
        **about(actor, found, states=CertificateState),
    }
    return render(request, "portal/training/certificate.html", context)


def _list_of(actor: Actor) -> tuple[str, str]:
    if actor.is_partner and actor.can(Permission.MANAGE_COMPANY):
        return str(_("Our people's certificates")), reverse("training:team")
    if actor.is_partner:
        return str(_("Training")), reverse("training:catalogue")
    return str(_("Certificates")), reverse("training:certificates")


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=1000, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )


class Revoke(FormPage):
    title = _("Revoke the certificate")
    subtitle = _("It counts no longer. The person and the company are told.")
    form_class = RevokeForm
    permission = MANAGE
    audience = "staff"
    submit_label = _("Revoke")
    success = _("The certificate was revoked.")
    found: Certificate

    def prepare(self) -> None:
        self.found = selectors.get_certificate(self.actor, self.kwargs["certificate_id"])

    def page(self) -> str:
        return reverse("training:certificate", args=[self.found.pk])

    def crumbs(self) -> list[tuple[str, str]]:
        return [(f"{self.found.person_name}: {self.found.certification.label()}", self.page())]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": self.page()}

    def save(self, form: RevokeForm) -> str:
        revoke_certificate(self.actor, certificate_id=self.found.pk, **form.cleaned_data)
        return self.page()
