"""What programme managers keep for applications: the offers to partners, the criteria, the block list."""

from decimal import Decimal
from typing import Any

import django_tables2 as tables
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from catalog.enums import PartnerRole
from partners.applications import blocklist, offers, scoring, selectors
from partners.enums import Axis, BlockKind, Offering
from partners.models import BlockEntry
from portal.catalog.formbase import CodeField
from portal.shell.access import actor_of_request, member_page
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MomentColumn, SharikTable
from tenancy.enums import Language, Permission

MANAGE = Permission.MANAGE_PROGRAMS


def tabs() -> list[tuple[str, Any]]:
    """The pages of this part: name of the address and label."""
    return [
        ("applications:offers", _("What we offer")),
        ("applications:criteria", _("Criteria")),
        ("applications:blocked", _("Block list")),
    ]


class OffersForm(forms.Form):
    """One text per offer and language of the operator."""

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(Language.choices)
        for kind in Offering:
            for code in languages:
                direction = "rtl" if code in ("fa", "ar") else "ltr"
                self.fields[f"{kind.value}-{code}"] = forms.CharField(
                    label=f"{kind.label} · {names[code]}",
                    required=False,
                    max_length=offers.LONGEST,
                    widget=forms.Textarea({"rows": 2, "dir": direction, "lang": code}),
                )

    def texts(self) -> dict[str, dict[str, str]]:
        out: dict[str, dict[str, str]] = {}
        for name, text in self.cleaned_data.items():
            kind, _dash, code = name.rpartition("-")
            out.setdefault(kind, {})[code] = text
        return out


class Offers(FormPage):
    title = _("What we offer partners")
    subtitle = _("Written per kind of partner; it stands on the public page where companies apply.")
    form_class = OffersForm
    permission = MANAGE
    audience = "staff"
    template_name = "portal/applications/offers.html"
    success = _("The texts were saved.")

    def prepare(self) -> None:
        wish = self.request.GET.get("role", "")
        self.role = wish if wish in PartnerRole.values else ""

    def form_kwargs(self) -> dict[str, Any]:
        known = offers.texts_of(self.role)
        initial = {f"{kind}-{code}": text for kind, told in known.items() for code, text in told.items()}
        return {"languages": self.actor.operator.languages, "initial": initial}

    def save(self, form: OffersForm) -> str:
        offers.save_offers(self.actor, role=self.role, texts=form.texts())
        return f"{reverse('applications:offers')}?role={self.role}"

    def extra(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "roles": [("", _("Every partner")), *PartnerRole.choices],
            "setup_tabs": tabs(),
            "here": "applications:offers",
        }


@member_page(MANAGE, audience="staff")
def criteria(request: HttpRequest) -> HttpResponse:
    """The criteria with their weights, both axes."""
    actor = actor_of_request(request)
    rows = scoring.all_criteria(actor)
    groups = []
    for axis in Axis:
        own = [row for row in rows if row.axis == axis]
        total = sum(row.weight for row in own if row.active)
        shares = [Decimal(row.weight) / total if row.active and total else None for row in own]
        groups.append(
            {"label": axis.label, "rows": list(zip(own, shares, map(scoring.guide_of, own), strict=True))}
        )
    context = {
        "title": _("Criteria"),
        "subtitle": _("By what applicants and prospects are judged, from 0 to 100."),
        "groups": groups,
        "page_actions": [Action(_("New criterion"), reverse("applications:new_criterion"))],
        "setup_tabs": tabs(),
        "here": "applications:criteria",
    }
    return render(request, "portal/applications/criteria.html", context)


class CriterionForm(forms.Form):
    """``fixed``: the code is given already."""

    code = CodeField(label=_("Code"), max_length=40)
    axis = forms.ChoiceField(label=_("Axis"), choices=Axis.choices)
    weight = forms.IntegerField(label=_("Weight"), min_value=0, max_value=100, initial=1)
    guide = forms.CharField(
        label=_("How to judge"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("What 0, 50 and 100 mean."),
    )
    active = forms.BooleanField(label=_("Counts"), required=False, initial=True)

    def __init__(self, *args: Any, languages: list[str], fixed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names, word = dict(Language.choices), _("Name")
        for place, code in enumerate(languages):
            self.fields[f"name_{code}"] = forms.CharField(
                label=f"{word} · {names[code]}", max_length=200, required=place == 0
            )
        self.languages = languages
        if fixed:
            del self.fields["code"]
        order = ["code", *(f"name_{code}" for code in languages), "axis", "weight", "guide", "active"]
        self.order_fields(order)

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        told = {code: data.pop(f"name_{code}") for code in self.languages}
        main = told.pop(self.languages[0])
        return data | {"name": main, "names": {code: text for code, text in told.items() if text}}


class NewCriterion(FormPage):
    title = _("New criterion")
    form_class = CriterionForm
    permission = MANAGE
    audience = "staff"
    success = _("The criterion was saved.")

    def form_kwargs(self) -> dict[str, Any]:
        return {"languages": self.actor.operator.languages, "fixed": False}

    def save(self, form: CriterionForm) -> str:
        scoring.save_criterion(self.actor, **form.values())
        return reverse("applications:criteria")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Criteria")), reverse("applications:criteria"))]


class EditCriterion(NewCriterion):
    title = _("Criterion")

    def prepare(self) -> None:
        self.row = scoring.get_criterion(self.actor, self.kwargs["criterion"])

    def form_kwargs(self) -> dict[str, Any]:
        row, languages = self.row, self.actor.operator.languages
        initial = {"axis": row.axis, "weight": row.weight, "guide": row.guide, "active": row.active}
        initial |= {f"name_{code}": row.names.get(code, "") for code in languages}
        initial[f"name_{languages[0]}"] = (
            row.name if languages[0] not in row.names else row.label(languages[0])
        )
        return {"languages": languages, "fixed": True, "initial": initial}

    def save(self, form: CriterionForm) -> str:
        scoring.save_criterion(self.actor, code=self.row.code, **form.values())
        return reverse("applications:criteria")


class RemoveColumn(tables.TemplateColumn):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(template_name="portal/applications/unblock.html", verbose_name="", orderable=False)


class BlockTable(SharikTable):
    written = tables.Column(verbose_name=_("Value"))
    kind = tables.Column(verbose_name=_("Kind"))
    reason = tables.Column(verbose_name=_("Reason"))
    author = tables.Column(verbose_name=_("By"))
    at = MomentColumn(verbose_name=_("Since"))
    remove = RemoveColumn()
    not_exported = ("remove",)

    def render_written(self, value: str) -> str:
        return format_html('<bdi class="row-title">{}</bdi>', value)


class BlockList(ListPage):
    title = _("Block list")
    subtitle = _("Whom you do not want as a partner. An application that matches gets a high flag.")
    table_class = BlockTable
    permission = MANAGE
    audience = "staff"
    template_name = "portal/applications/blocked.html"
    empty = Empty(
        _("Nobody is blocked"), _("Add legal ids, names, domains or phones."), "ban",
        "applications:new_block", _("Block somebody"),
    )  # fmt: skip

    def rows(self) -> QuerySet[BlockEntry]:
        return selectors.blocked_for(self.actor)

    def actions(self) -> list[Action]:
        return [Action(_("Block somebody"), reverse("applications:new_block"))]

    def extra(self) -> dict[str, Any]:
        return {"setup_tabs": tabs(), "here": "applications:blocked"}


class BlockForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=BlockKind.choices)
    value = forms.CharField(label=_("Value"), max_length=240, widget=forms.TextInput({"dir": "auto"}))
    country = forms.CharField(
        label=_("Country"),
        max_length=2,
        required=False,
        help_text=_("Two letters, for legal ids and phones without a country."),
        widget=forms.TextInput({"dir": "ltr"}),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=400, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )


class NewBlock(FormPage):
    title = _("Block somebody")
    form_class = BlockForm
    permission = MANAGE
    audience = "staff"
    success = _("The block list was changed.")

    def save(self, form: BlockForm) -> str:
        blocklist.add_block(self.actor, **form.cleaned_data)
        return reverse("applications:blocked")

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Block list")), reverse("applications:blocked"))]


@require_POST
@member_page(MANAGE, audience="staff")
def unblock(request: HttpRequest, entry_id: int) -> HttpResponse:
    blocklist.remove_block(actor_of_request(request), entry_id=entry_id)
    messages.success(request, _("The block list was changed."))
    return HttpResponseRedirect(reverse("applications:blocked"))
