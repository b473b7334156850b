"""Handing partners over from one account manager to another."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.book.handing import LONGEST, hand_over
from portal.catalog.columns import choices_of
from portal.shell.forms import FormPage
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership


class HandOverForm(forms.Form):
    member = forms.ChoiceField(label=_("New account manager"))
    partners = forms.MultipleChoiceField(label=_("Partners"), widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=_("What the new account manager should know"), required=False, max_length=LONGEST,
        widget=forms.Textarea({"rows": 5, "dir": "auto"}), help_text=_("Partners never see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, former: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = selectors.pams_for(actor).exclude(pk=former.pk)
        self.fields["member"].choices = [("", "---------"), *((str(each.pk), each.name) for each in others)]  # type: ignore[attr-defined]
        mine = selectors.in_book(selectors.partners_for(actor), former.pk)
        self.fields["partners"].choices = choices_of(mine)  # type: ignore[attr-defined]


class HandOverPage(FormPage):
    title = _("Hand partners over")
    subtitle = _("Open tasks and meetings to come go along; both account managers and the partners are told.")
    form_class = HandOverForm
    permission = Permission.ASSIGN_BOOKS
    audience = "staff"
    submit_label = _("Hand over")
    former: Membership

    def prepare(self) -> None:
        self.former = selectors.get_pam(self.actor, self.kwargs["member_id"])

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor, "former": self.former}

    def crumbs(self) -> list[tuple[str, str]]:
        address = reverse("partners:book", args=[self.former.pk])
        return [(str(_("Books")), reverse("partners:books")), (self.former.name, address)]

    def save(self, form: Any) -> str:
        given = form.cleaned_data
        hand_over(
            self.actor,
            former_id=self.former.pk,
            member_id=int(given["member"]),
            partners=given["partners"],
            text=given["text"],
        )
        return reverse("partners:book", args=[int(given["member"])])
