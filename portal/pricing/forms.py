"""What a price check asks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog import selectors as catalog
from catalog.enums import EngagementModel
from portal.catalog.pickers import CodePicker
from portal.schemes.fields import AmountField
from tenancy.actors import Actor


class PriceForm(forms.Form):
    """Partners ask for themselves and have no field ``partner``."""

    partner = forms.CharField(label=_("Partner"), max_length=64, widget=CodePicker("partners"))
    product = forms.CharField(label=_("Product"), max_length=64, widget=CodePicker("products"))
    quantity = AmountField(label=_("Quantity"), required=False, initial=1)
    segment = forms.ChoiceField(label=_("Customer segment"), required=False)
    engagement_model = forms.ChoiceField(
        label=_("Engagement model"), required=False, choices=[("", "–"), *EngagementModel.choices]
    )
    new_customer = forms.BooleanField(label=_("New customer"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        segments = catalog.segments_for(actor).filter(active=True).order_by("name", "code")
        field: Any = self.fields["segment"]
        field.choices = [("", "–"), *((row.code, row.label()) for row in segments)]
        if actor.is_partner:
            del self.fields["partner"]
