"""Forms and form pages of partners and reps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from partners import selectors, services
from partners.enums import PartnerState
from partners.models import Partner
from partners.rules import BECOMES
from portal.catalog.formbase import CodedForm, CodeField, DayField
from portal.catalog.forms import CodedPage
from portal.catalog.pickers import CodePicker
from tenancy.actors import Actor
from tenancy.enums import Permission

LTR = {"dir": "ltr"}


class PartnerForm(CodedForm):
    parent = CodeField(
        label=_("Parent partner"),
        required=False,
        widget=CodePicker("partners"),
        help_text=_("The distributor above, if there is one."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Partner roles"),
        choices=PartnerRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    layers = forms.MultipleChoiceField(
        label=_("Technology layers"),
        choices=Layer.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    tier = forms.CharField(label=_("Tier"), max_length=40, required=False, widget=forms.TextInput(LTR))
    territory = CodeField(label=_("Territory"), required=False, widget=CodePicker("territories"))
    city = forms.CharField(label=_("City"), max_length=80, required=False)
    legal_id = CodeField(label=_("Legal id"), max_length=40, required=False)
    phone = forms.CharField(label=_("Phone"), max_length=32, required=False, widget=forms.TextInput(LTR))
    address = forms.CharField(
        label=_("Postal address"), max_length=300, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    website = forms.CharField(label=_("Website"), max_length=200, required=False, widget=forms.URLInput(LTR))
    joined_on = DayField(label=_("Joined on"), required=False)


class RepForm(CodedForm):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
    email = forms.CharField(label=_("E-mail"), required=False, widget=forms.EmailInput(LTR))


class StateForm(forms.Form):
    """The states that a partner may go to from here, with the reason."""

    state = forms.ChoiceField(label=_("New state"))
    text = forms.CharField(
        label=_("Reason"), max_length=4000, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )
    ends_on = DayField(
        label=_("Last day"), required=False, help_text=_("For an end on a later day; empty: at once.")
    )

    def __init__(self, *args: Any, partner: Partner, actor: Actor, **kwargs: Any) -> None:
        kwargs["auto_id"] = "id_state_%s"
        super().__init__(*args, **kwargs)
        ways = BECOMES[partner.state] - (
            {PartnerState.ACTIVE} if partner.state == PartnerState.ONBOARDING else set()
        )
        field: Any = self.fields["state"]
        field.choices = [(state.value, state.label) for state in PartnerState if state in ways]
        day: Any = self.fields["ends_on"]
        day.calendar = actor.operator.days
        if PartnerState.ENDED not in ways:
            del self.fields["ends_on"]


class _Partner(CodedPage):
    permission = Permission.MANAGE_PARTNERS
    form_class = PartnerForm
    list_title, list_name, page_name = _("Partners"), "partners:list", "partners:detail"


class PartnerCreate(_Partner):
    title = _("Add a partner")
    success = _("The partner was added.")
    writer = staticmethod(services.create_partner)
    draft = "partner"
    asked = ("code", "parent")


class PartnerChange(_Partner):
    success = _("The partner was changed.")
    reader = staticmethod(selectors.get_partner)
    writer = staticmethod(services.change_partner)


class _Rep(CodedPage):
    permission = Permission.MANAGE_PARTNERS
    form_class = RepForm
    list_title, list_name = _("Reps"), "partners:reps"


class RepCreate(_Rep):
    title = _("Add a rep")
    success = _("The rep was added.")
    writer = staticmethod(services.create_rep)
    asked = ("code", "partner")


class RepChange(_Rep):
    success = _("The rep was changed.")
    reader = staticmethod(selectors.get_rep)
    writer = staticmethod(services.change_rep)


class BookForm(forms.Form):
    partner = CodeField(label=_("Partner"), widget=CodePicker("partners"))
