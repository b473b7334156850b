"""What a version says beside its formula, in words; and more money for a budget that is used up."""

from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from incentives.enums import SchemeKind
from incentives.models import SchemeVersion
from incentives.overruns import BudgetState, approve_overrun, budget_state
from incentives.selectors import get_scheme, versions_of
from portal.schemes.fields import AmountField
from portal.shell.formats import Formats
from portal.shell.forms import FormPage
from tenancy.enums import Permission


def term_words(version: SchemeVersion, formats: Formats) -> list[tuple[str, list[str]]]:
    """Label and lines of each term that the version has."""
    found: list[tuple[str, list[str]]] = []
    if version.payments:
        lines = [_payment(int(days), Decimal(str(share)), formats) for days, share in version.payments]
        if version.while_customer:
            lines.append(_("Only if the customer is still there then."))
        found.append((_("When it is paid"), lines))
    if version.benefit:
        found.append((_("What it grants"), [str(version.get_benefit_display())]))
    if version.valid_days is not None:
        found.append((_("Can be used for"), [days_text(version.valid_days, formats)]))
    if version.stack_group:
        found.append((_("Beside other schemes"), _stacking(version, formats)))
    return found


def days_text(days: int, formats: Formats) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": formats.number(days)}


def _payment(days: int, share: Decimal, formats: Formats) -> str:
    part = formats.percent(share / 100, 4)
    if days == 0:
        return _("%(share)s at once") % {"share": part}
    return _("%(share)s after %(days)s") % {"share": part, "days": days_text(days, formats)}


def _stacking(version: SchemeVersion, formats: Formats) -> list[str]:
    lines = [str(version.get_stack_policy_display())]
    if version.scheme.kind != SchemeKind.DISCOUNT:
        lines.append(_("Stacking group: %(name)s") % {"name": version.stack_group})
    lines.append(_("Priority: %(n)s") % {"n": formats.number(version.stack_priority or 0)})
    if version.stack_counts:
        lines.append(_("Counts as previous for later ones"))
    return lines


class RaiseForm(forms.Form):
    amount = AmountField(label=gettext_lazy("Additional amount"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea({"rows": 2}))


class RaiseBudget(FormPage):
    """Approving more money than the budget of the published version."""

    title = gettext_lazy("Approve more budget")
    subtitle = gettext_lazy("What was left out is given out in the order in which it happened.")
    form_class = RaiseForm
    permission = Permission.APPROVE_SCHEMES
    audience = "staff"
    submit_label = gettext_lazy("Approve")
    success = gettext_lazy("The budget is raised. Amounts follow in a moment.")

    def prepare(self) -> None:
        self.scheme = get_scheme(self.actor, self.kwargs["code"])
        version = versions_of(self.actor, self.scheme).filter(published_at__isnull=False).first()
        state = budget_state(self.actor, version) if version else None
        if state is None or not state.waits:
            raise Http404
        self.state: BudgetState = state

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"amount": self.state.short}}

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("schemes:scheme", args=[self.scheme.code])}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Incentive schemes"), reverse("schemes:list")),
            (str(self.scheme), reverse("schemes:scheme", args=[self.scheme.code])),
        ]

    def save(self, form: Any) -> str:
        data = form.cleaned_data
        approve_overrun(
            self.actor,
            version_id=self.state.version.pk,
            amount=data["amount"] or Decimal(0),
            reason=data["reason"],
        )
        return reverse("schemes:scheme", args=[self.scheme.code])
