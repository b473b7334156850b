""" "May this partner sell this here?": one answer, or every product of the catalogue."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.enums import EngagementModel
from catalog.models import Product
from catalog.selectors import products_for, segments_for, territories_for
from partners.selectors import own_company, partners_for
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.shell.access import actor_of_request, member_page
from programs.authorisations import Answer, may_sell_many
from programs.authorisations.about import today_of
from tenancy.actors import Actor
from tenancy.enums import Permission

UNKNOWN = [("", gettext_lazy("Not known"))]
#: Products of one page of answers.
MOST = 200


class AskForm(forms.Form):
    """Partners ask for their own company. Without a product every product is answered."""

    partner = CodeField(label=gettext_lazy("Partner"), widget=CodePicker("partners"))
    product = CodeField(
        label=gettext_lazy("Product"),
        required=False,
        widget=CodePicker("products"),
        help_text=gettext_lazy("Empty: all products."),
    )
    segment = forms.ChoiceField(label=gettext_lazy("Customer segment"), required=False)
    territory = CodeField(label=gettext_lazy("Territory"), required=False, widget=CodePicker("territories"))
    engagement_model = forms.ChoiceField(
        label=gettext_lazy("Engagement model"), required=False, choices=[*UNKNOWN, *EngagementModel.choices]
    )
    on = DayField(label=gettext_lazy("Day"), required=False, help_text=gettext_lazy("Empty: today."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        segment: Any = self.fields["segment"]
        segment.choices = [*UNKNOWN, *choices_of(segments_for(actor).filter(active=True))]
        day: Any = self.fields["on"]
        day.calendar = actor.operator.days
        if actor.is_partner:
            del self.fields["partner"]

    def _found(self, name: str, things: Any) -> Any:
        code = self.cleaned_data.get(name)
        if not code:
            return None
        thing = things(self.actor).filter(code=code).first()
        if thing is None:
            raise forms.ValidationError(_("There is no “%(code)s”.") % {"code": code})
        return thing

    def clean_partner(self) -> Any:
        return self._found("partner", partners_for)

    def clean_product(self) -> Any:
        return self._found("product", products_for)

    def clean_territory(self) -> Any:
        return self._found("territory", territories_for)

    def clean_segment(self) -> Any:
        return self._found("segment", segments_for)


@dataclass(frozen=True, slots=True)
class Row:
    """A product with its answer; ``url`` leads to the rule, for those who may read it."""

    product: Product
    answer: Answer
    url: str


@member_page(Permission.VIEW_AUTHORISATIONS)
def ask(request: HttpRequest) -> HttpResponse:
    """The question and, once it was asked, the answers with their reasons."""
    actor = actor_of_request(request)
    asked = bool(request.GET) or actor.is_partner
    form = AskForm(request.GET if asked else None, actor=actor)
    rows = _rows(actor, form.cleaned_data) if asked and form.is_valid() else []
    context = {
        "title": _("May we sell this?") if actor.is_partner else _("May this partner sell this here?"),
        "subtitle": _("The answer with its reason, as a deal or quote would get it."),
        "form": form,
        "asked": asked,
        "rows": rows,
        "yes": sum(row.answer.allowed for row in rows),
        "crumbs": [] if actor.is_partner else [(_("Authorisations"), reverse("authorisations:list"))],
    }
    return render(request, "portal/authorisations/ask.html", context, status=422 if form.errors else 200)


def _rows(actor: Actor, data: dict[str, Any]) -> list[Row]:
    partner = own_company(actor) if actor.is_partner else data["partner"]
    wanted = data["product"]
    every = products_for(actor).filter(active=True).order_by("family__layer", "family__name", "name", "code")
    products = [wanted] if wanted else list(every[:MOST])
    found = may_sell_many(
        [partner],
        products,
        segment=data["segment"],
        territory=data["territory"],
        model=data["engagement_model"],
        on=data["on"] or today_of(actor),
    )
    return [_row(actor, product, found[partner.pk, product.pk]) for product in products]


def _row(actor: Actor, product: Product, answer: Answer) -> Row:
    readable = answer.rule is not None and actor.is_staff
    url = reverse("authorisations:rule", args=[answer.rule.pk]) if readable and answer.rule else ""
    return Row(product, answer, url)
