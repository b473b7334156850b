"""Forms and form pages of the catalogue."""

from typing import Any, ClassVar

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog import selectors, services
from catalog.enums import Layer, PartnerRole
from portal.catalog.columns import choices_of
from portal.catalog.formbase import CodedForm, CodeField, DayField
from portal.catalog.pickers import CodePicker
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission


class FamilyForm(CodedForm):
    layer = forms.ChoiceField(label=_("Technology layer"), choices=[("", "---------"), *Layer.choices])


class ProductForm(CodedForm):
    family = forms.ChoiceField(label=_("Family"))
    unit = forms.CharField(
        label=_("Unit"), max_length=40, required=False, help_text=_("Such as month, licence or piece.")
    )
    list_price = forms.CharField(
        label=_("List price"), required=False, widget=forms.TextInput({"inputmode": "decimal"})
    )
    partner_price = forms.CharField(
        label=_("Partner price"), required=False, widget=forms.TextInput({"inputmode": "decimal"})
    )
    roles = forms.MultipleChoiceField(
        label=_("Who can sell it"),
        choices=PartnerRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    strategic = forms.BooleanField(
        label=_("Strategic"), required=False, help_text=_("Schemes may reward strategic products more.")
    )

    def offer(self, actor: Actor) -> None:
        self.choose("family", choices_of(selectors.families_for(actor)))


class SegmentForm(CodedForm):
    key_account = forms.BooleanField(
        label=_("Key account segment"),
        required=False,
        help_text=_("Closed to partners unless an authorisation opens it."),
    )


class TerritoryForm(CodedForm):
    parent = CodeField(
        label=_("Part of"), required=False, widget=CodePicker("territories"), help_text=_("Empty at the top.")
    )


class CustomerForm(CodedForm):
    country = forms.CharField(
        label=_("Country"), max_length=2, required=False, help_text=_("Two letters, as in IR or AE.")
    )
    legal_id = CodeField(label=_("Legal id"), max_length=40, required=False)
    segment = forms.ChoiceField(label=_("Segment"), required=False)
    territory = CodeField(label=_("Territory"), required=False, widget=CodePicker("territories"))
    since = DayField(label=_("Customer since"), required=False)
    phone = forms.CharField(
        label=_("Phone"), max_length=32, required=False, widget=forms.TextInput({"dir": "ltr"})
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.EmailInput({"dir": "ltr"})
    )
    address = forms.CharField(
        label=_("Postal address"), max_length=300, required=False, widget=forms.TextInput({"dir": "auto"})
    )
    bank_account = forms.CharField(
        label=_("Bank account"),
        max_length=60,
        required=False,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
        help_text=_("The one it pays from: compared with the accounts that partners are paid to."),
    )

    def offer(self, actor: Actor) -> None:
        self.choose("segment", choices_of(selectors.segments_for(actor)))


class CodedPage(FormPage):
    """``list_name``: the list to come from; ``page_name``: where to go on to, with the code, else the list."""

    permission = Permission.MANAGE_CATALOG
    audience = "staff"
    list_title: ClassVar[Any] = ""
    list_name: ClassVar[str] = ""
    page_name: ClassVar[str] = ""
    #: ``(actor, code)`` of a selector where something is changed, and ``(actor, **values)`` of a service.
    reader: ClassVar[Any] = None
    writer: ClassVar[Any]
    #: Fields of a new thing that the address may fill in.
    asked: ClassVar[tuple[str, ...]] = ("code",)
    thing: Any = None

    def prepare(self) -> None:
        if self.reader is not None:
            self.thing = self.reader(self.actor, self.kwargs["code"])

    def form_kwargs(self) -> dict[str, Any]:
        known = {name: self.request.GET.get(name, "") for name in self.asked} if self.thing is None else {}
        return {"actor": self.actor, "thing": self.thing, "initial": known}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(self.list_title), reverse(self.list_name))]

    def extra(self) -> dict[str, Any]:
        back = self._page_of(self.thing.code) if self.thing else reverse(self.list_name)
        return {"cancel_url": back, "title": self.thing.label() if self.thing else self.title}

    def save(self, form: CodedForm) -> str:
        saved = self.writer(self.actor, **form.values())
        return self._page_of(saved.code)

    def _page_of(self, code: str) -> str:
        return reverse(self.page_name, args=[code]) if self.page_name else reverse(self.list_name)


class _Product(CodedPage):
    form_class = ProductForm
    list_title, list_name, page_name = _("Products"), "catalog:products", "catalog:product"


class ProductCreate(_Product):
    title = _("Add a product")
    success = _("The product was added.")
    writer = staticmethod(services.create_product)
    draft = "product"


class ProductChange(_Product):
    success = _("The product was changed.")
    reader = staticmethod(selectors.get_product)
    writer = staticmethod(services.change_product)


class _Family(CodedPage):
    form_class = FamilyForm
    list_title, list_name = _("Families"), "catalog:families"


class FamilyCreate(_Family):
    title = _("Add a family")
    success = _("The family was added.")
    writer = staticmethod(services.create_family)


class FamilyChange(_Family):
    success = _("The family was changed.")
    reader = staticmethod(selectors.get_family)
    writer = staticmethod(services.change_family)


class _Segment(CodedPage):
    form_class = SegmentForm
    list_title, list_name = _("Segments"), "catalog:segments"


class SegmentCreate(_Segment):
    title = _("Add a segment")
    success = _("The segment was added.")
    writer = staticmethod(services.create_segment)


class SegmentChange(_Segment):
    success = _("The segment was changed.")
    reader = staticmethod(selectors.get_segment)
    writer = staticmethod(services.change_segment)


class _Territory(CodedPage):
    form_class = TerritoryForm
    list_title, list_name = _("Territories"), "catalog:territories"


class TerritoryCreate(_Territory):
    title = _("Add a territory")
    success = _("The territory was added.")
    writer = staticmethod(services.create_territory)

    asked = ("code", "parent")


class TerritoryChange(_Territory):
    success = _("The territory was changed.")
    reader = staticmethod(selectors.get_territory)
    writer = staticmethod(services.change_territory)


class _Customer(CodedPage):
    form_class = CustomerForm
    list_title, list_name, page_name = _("Customers"), "catalog:customers", "catalog:customer"


class CustomerCreate(_Customer):
    title = _("Add a customer")
    success = _("The customer was added.")
    writer = staticmethod(services.create_customer)
    draft = "customer"


class CustomerChange(_Customer):
    success = _("The customer was changed.")
    reader = staticmethod(selectors.get_customer)
    writer = staticmethod(services.change_customer)


class MergeForm(forms.Form):
    other = CodeField(label=_("The other customer"), widget=CodePicker("customers"))


class CustomerMerge(FormPage):
    """Say that two customers are the same company."""

    permission = Permission.MANAGE_CATALOG
    audience = "staff"
    form_class = MergeForm
    subtitle = _(
        "The older of the two stays. Transactions and deals of the other follow; its code goes on to be understood."
        " This cannot be undone."
    )
    submit_label = _("Merge")
    success = _("The two customers are one now.")

    def prepare(self) -> None:
        self.customer = selectors.get_customer(self.actor, self.kwargs["code"])

    def crumbs(self) -> list[tuple[str, str]]:
        page = reverse("catalog:customer", args=[self.customer.code])
        return [(str(_("Customers")), reverse("catalog:customers")), (self.customer.label(), page)]

    def extra(self) -> dict[str, Any]:
        title = _("Merge %(name)s with another customer") % {"name": self.customer.label()}
        return {"title": title, "cancel_url": reverse("catalog:customer", args=[self.customer.code])}

    def save(self, form: MergeForm) -> str:
        kept = services.merge_customers(self.actor, code=self.customer.code, other=form.cleaned_data["other"])
        return reverse("catalog:customer", args=[kept.code])
