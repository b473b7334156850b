"""The operator's side of points: the catalogue of rewards, and the list of exchanges."""

from typing import Any

import django_filters as filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.enums import RedemptionState
from incentives.models import Redemption, Reward
from incentives.rewards import change_reward, create_reward, get_reward, redemptions_for, rewards_for
from portal.schemes.fields import WholeField, add_names
from portal.shell.forms import FormPage
from portal.shell.lists import Action, Empty, ListPage
from portal.shell.tables import MomentColumn, NumberColumn, SharikTable, StateColumn
from tenancy.actors import Actor
from tenancy.enums import Permission


def activity(reward: Reward) -> tuple[str, str]:
    """Whether it can be asked for."""
    if not reward.active:
        return "closed", _("Not offered")
    return "open", _("Offered")


class RewardTable(SharikTable):
    name = tables.Column(verbose_name=gettext_lazy("Reward"), order_by=("name", "code"))
    points = NumberColumn(verbose_name=gettext_lazy("Points"))
    stock = NumberColumn(verbose_name=gettext_lazy("Stock"))
    state = StateColumn(verbose_name=gettext_lazy("State"), orderable=False, state=activity, empty_values=())

    def render_name(self, value: str, record: Reward) -> str:
        return format_html(
            '<a class="row-title" href="{}" dir="auto">{}</a><bdi class="row-sub" dir="ltr">{}</bdi>',
            reverse("points:change", args=[record.code]),
            record.label(),
            record.code,
        )


class RewardList(ListPage):
    title = gettext_lazy("Reward catalogue")
    subtitle = gettext_lazy("What partners and sellers can exchange their points for.")
    table_class = RewardTable
    permission = Permission.VIEW_SCHEMES
    audience = "staff"
    export_name = "rewards"
    empty = Empty(
        gettext_lazy("No rewards yet"),
        gettext_lazy("Add something that points can be exchanged for."),
        "shopping-bag",
    )

    def rows(self) -> QuerySet[Reward]:
        return rewards_for(self.actor)

    def actions(self) -> list[Action]:
        if not self.actor.can(Permission.MANAGE_SCHEMES):
            return []
        return [Action(_("Add a reward"), reverse("points:new"))]


class RewardForm(forms.Form):
    """A reward; its code never changes."""

    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=64,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )
    points = WholeField(label=gettext_lazy("Points"))
    stock = WholeField(
        label=gettext_lazy("Stock"),
        required=False,
        help_text=gettext_lazy("How many can be asked for in all; empty is as many as wanted."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, widget=forms.Textarea({"rows": 3, "dir": "auto"})
    )
    active = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.languages = list(actor.operator.languages)
        self.name_fields = add_names(self, self.languages)
        self.order_fields([*self.name_fields, "code"])
        self.fields["code"].disabled = fixed

    def values(self) -> dict[str, Any]:
        """The fields of the services but the code."""
        data = self.cleaned_data
        others = {code: data[f"name_{code}"] for code in self.languages[1:] if data[f"name_{code}"]}
        names = ("points", "stock", "description", "active")
        return {"name": data[self.name_fields[0]], "names": others, **{name: data[name] for name in names}}


class NewReward(FormPage):
    title = gettext_lazy("New reward")
    form_class = RewardForm
    permission = Permission.MANAGE_SCHEMES
    audience = "staff"
    success = gettext_lazy("The reward is in the catalogue.")
    draft = "reward"

    def form_kwargs(self) -> dict[str, Any]:
        return {"actor": self.actor}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(_("Reward catalogue"), reverse("points:catalogue"))]

    def extra(self) -> dict[str, Any]:
        return {"cancel_url": reverse("points:catalogue")}

    def save(self, form: Any) -> str:
        create_reward(self.actor, code=form.cleaned_data["code"], **form.values())
        return reverse("points:catalogue")


class ChangeReward(NewReward):
    draft = ""
    success = gettext_lazy("The reward is changed.")

    def prepare(self) -> None:
        self.reward = get_reward(self.actor, self.kwargs["code"])
        self.title = self.reward.label()  # type: ignore[misc,assignment]

    def form_kwargs(self) -> dict[str, Any]:
        main, *others = self.actor.operator.languages
        reward = self.reward
        initial = {
            **{name: getattr(reward, name) for name in ("code", "points", "stock", "description", "active")},
            f"name_{main}": reward.name,
            **{f"name_{code}": reward.names.get(code, "") for code in others},
        }
        return {"actor": self.actor, "fixed": True, "initial": initial}

    def save(self, form: Any) -> str:
        change_reward(self.actor, code=self.reward.code, **form.values())
        return reverse("points:catalogue")


class ExchangeTable(SharikTable):
    reward = tables.Column(verbose_name=gettext_lazy("Reward"), order_by="reward__name")
    partner = tables.Column(verbose_name=gettext_lazy("Partner"), order_by="partner__name")
    rep = tables.Column(verbose_name=gettext_lazy("Rep"), order_by="rep__name")
    quantity = NumberColumn(verbose_name=gettext_lazy("Quantity"))
    points = NumberColumn(verbose_name=gettext_lazy("Points"))
    requested_at = MomentColumn(verbose_name=gettext_lazy("Requested"))
    state = StateColumn(verbose_name=gettext_lazy("State"))

    def render_reward(self, value: Reward, record: Redemption) -> str:
        address = reverse("points:exchange", args=[record.pk])
        return format_html('<a class="row-title" href="{}" dir="auto">{}</a>', address, value)

    def value_reward(self, value: Reward) -> str:
        return str(value)


class ExchangeFilter(filters.FilterSet):  # type: ignore[misc]
    state = filters.ChoiceFilter(
        label=gettext_lazy("State"), choices=RedemptionState.choices, empty_label=gettext_lazy("All")
    )

    class Meta:
        model = Redemption
        fields: list[str] = []


class ExchangeList(ListPage):
    title = gettext_lazy("Exchanged points")
    subtitle = gettext_lazy("What was asked for with points, and what became of it.")
    table_class = ExchangeTable
    filter_class = ExchangeFilter
    permission = Permission.VIEW_ACCRUALS
    audience = "staff"
    export_name = "exchanges"
    empty = Empty(
        gettext_lazy("Nothing was asked for yet"),
        gettext_lazy("Exchanges appear here as soon as somebody asks for a reward."),
        "star",
    )

    def rows(self) -> QuerySet[Redemption]:
        return redemptions_for(self.actor)
