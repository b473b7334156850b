"""Forms of prospects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer, PartnerRole
from catalog.selectors import products_for, segments_for, territories_for
from tenancy.actors import Actor

AUTO, LTR = {"dir": "auto"}, {"dir": "ltr"}
NOTHING = ("", "---------")


def _line(label: Any, most: int, *, required: bool = False, attrs: Any = None) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, required=required, widget=forms.TextInput(attrs or AUTO)
    )


class ProspectForm(forms.Form):
    """``actor`` decides about the things to choose from."""

    company_name = _line(_("Company"), 200, required=True)
    product = forms.ChoiceField(label=_("Product"), required=False, help_text=_("What it could sell."))
    layer = forms.ChoiceField(label=_("Technology layer"), required=False, choices=[NOTHING, *Layer.choices])
    role = forms.ChoiceField(label=_("Partner role"), required=False, choices=[NOTHING, *PartnerRole.choices])
    territory = forms.ChoiceField(label=_("Territory"), required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Two letters, as in IR or AE."),
        widget=forms.TextInput(LTR),
    )
    legal_id = _line(_("Legal id"), 40, attrs=LTR)
    city = _line(_("City"), 80)
    website = _line(_("Website"), 200, attrs={**LTR, "placeholder": "https://"})
    phone = _line(_("Phone"), 32, attrs=LTR)
    contact_name = _line(_("Contact person"), 120)
    contact_email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput(LTR)
    )
    source = _line(_("Found through"), 120)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("product", products_for(actor).filter(active=True).order_by("name")),
            ("territory", territories_for(actor).filter(active=True).order_by("path", "name")),
            ("segment", segments_for(actor).filter(active=True).order_by("name")),
        ):
            found = [(row.code, row.label()) for row in rows]
            self.fields[name].choices = [NOTHING, *found]  # type: ignore[attr-defined]
