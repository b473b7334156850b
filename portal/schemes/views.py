"""The list of schemes, and the page of one: its rules in words, its versions, its budget, what it accrued."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from incentives.announcements.selectors import may_confirm
from incentives.enums import SchemeKind
from incentives.models import Accrual, Scheme, SchemeVersion
from incentives.overruns import budget_state
from incentives.overview import accrued_by, schemes_with_totals, state_of, today_of
from incentives.selectors import accruals_for, begun, get_scheme, versions_of
from portal.announcements.words import rules_words
from portal.schemes.tables import AccrualTable, SchemeTable, scheme_state
from portal.schemes.terms import term_words
from portal.schemes.wording import eligibility_words, formula_diff
from portal.shell.formats import formats_of
from portal.shell.lists import Action, Empty, ListPage
from tenancy.enums import Permission


class SchemeFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    kind = filters.ChoiceFilter(label=_("Kind"), choices=SchemeKind.choices, empty_label=_("All"))

    class Meta:
        model = Scheme
        fields: list[str] = []

    def by_text(self, rows: QuerySet[Scheme], name: str, value: str) -> QuerySet[Scheme]:
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value) | Q(names__icontains=value))


class SchemeList(ListPage):
    title = _("Incentive schemes")
    subtitle = _("What is paid, to whom and for what.")
    table_class = SchemeTable
    filter_class = SchemeFilter
    permission = Permission.VIEW_SCHEMES
    export_name = "schemes"
    empty = Empty(_("No schemes yet"), _("What partners can earn appears here."), "gift")

    def rows(self) -> QuerySet[Any]:
        return schemes_with_totals(self.actor)

    def table_options(self) -> dict[str, Any]:
        return {"actor": self.actor, "today": today_of(self.actor)}

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.MANAGE_SCHEMES):
            return []
        return [Action(_("New scheme"), reverse("schemes:new"))]


class AccrualFilter(filters.FilterSet):  # type: ignore[misc]
    search = filters.CharFilter(
        label=_("Search"), method="by_text", widget=forms.TextInput({"type": "search", "autocomplete": "off"})
    )
    period = filters.ChoiceFilter(label=_("Period"), choices=[], empty_label=_("All"))

    class Meta:
        model = Accrual
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = self.queryset.order_by("-period").values_list("period", flat=True).distinct()
        formats = formats_of(self.request)
        self.filters["period"].extra["choices"] = [(code, formats.period(code)) for code in codes]

    def by_text(self, rows: QuerySet[Accrual], name: str, value: str) -> QuerySet[Accrual]:
        return rows.filter(
            Q(partner__name__icontains=value)
            | Q(partner__code__icontains=value)
            | Q(rep__name__icontains=value)
            | Q(rep__code__icontains=value)
        )


class SchemePage(ListPage):
    """Accruals of one scheme below what the scheme is."""

    table_class = AccrualTable
    filter_class = AccrualFilter
    permission = Permission.VIEW_SCHEMES
    template_name = "portal/schemes/scheme.html"
    export_name = "accruals"
    empty = Empty(_("Nothing accrued yet"), _("Amounts appear as transactions come in."), "coins")

    def rows(self) -> QuerySet[Accrual]:
        self.scheme = get_scheme(self.actor, self.kwargs["code"])
        self.title = self.scheme.label()  # type: ignore[misc]
        rows = begun(self.actor, accruals_for(self.actor).filter(version__scheme=self.scheme))
        return rows.order_by("-period", "-amount")

    def table_options(self) -> dict[str, Any]:
        return {"by_rep": self.scheme.payee == "rep"}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(str(_("Incentive schemes")), reverse("schemes:list"))]

    def actions(self) -> list[Action]:
        code, found = self.scheme.code, versions_of(self.actor, self.scheme).first()
        draft = found is not None and found.published_at is None
        approval = Action(_("Approval"), reverse("approvals:approval", args=[code]), "user-check", plain=True)
        if self.actor.is_partner:
            return self.partner_actions(code, found)
        if not self.actor.can(Permission.MANAGE_SCHEMES):
            return [approval] if draft and self.actor.can(Permission.APPROVE_SCHEMES) else []
        change = reverse("schemes:change", args=[code])
        simulate = [Action(_("Simulate"), reverse("simulations:new", args=[code]), "flask", plain=True)]
        if self.scheme.kind == SchemeKind.DISCOUNT:
            simulate = []  # It is worked out for a quote; past transactions do not show it.
        if draft:
            return [
                Action(_("Publish …"), reverse("schemes:publish", args=[code]), "send"),
                approval,
                *simulate,
                Action(_("Change the draft"), change, "pencil", plain=True),
            ]
        return [
            Action(_("Amend"), change, "pencil"),
            *simulate,
            Action(_("End"), reverse("schemes:end", args=[code]), "player-stop", plain=True),
        ]

    def partner_actions(self, code: str, found: SchemeVersion | None) -> list[Action]:
        if found is None or not self.actor.can(Permission.VIEW_ACCRUALS):
            return []
        return [Action(_("What if"), reverse("whatif:version", args=[code, found.number]), "adjustments")]

    def extra(self) -> dict[str, Any]:
        versions = list(versions_of(self.actor, self.scheme))
        published = [version for version in versions if version.published_at]
        shown = (published or versions)[0]
        scheme: Any = self.scheme
        scheme.ends = shown.ends
        state, label = scheme_state(scheme, today_of(self.actor))
        accrued = accrued_by(self.actor, self.scheme)
        spent = accrued_by(self.actor, self.scheme, shown)
        return {
            "scheme": scheme,
            "state": state,
            "state_label": label,
            "version": shown,
            "ended": state_of(scheme, today_of(self.actor)) == "ended",
            "plain": rules_words(self.actor, formats_of(self.request), shown),
            "to_confirm": self.actor.is_partner and may_confirm(self.actor, shown),
            "eligibility": eligibility_words(self.actor, shown.eligibility),
            "accrued": accrued,
            "spent": spent,
            "left": shown.budget - spent if shown.budget else None,
            "versions": self.history(versions),
            "staff": not self.actor.is_partner,
            "terms": term_words(shown, formats_of(self.request)),
            "budget": budget_state(self.actor, shown),
            "may_raise": self.actor.can(Permission.APPROVE_SCHEMES),
        }

    def history(self, versions: list[SchemeVersion]) -> list[dict[str, Any]]:
        older = [*versions[1:], None]
        return [
            {
                "version": version,
                "diff": formula_diff(before.formula if before else version.formula, version.formula),
                "changed": before is not None and before.formula != version.formula,
            }
            for version, before in zip(versions, older, strict=True)
        ]
