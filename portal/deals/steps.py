"""The steps that a reader can take with a deal now, each with its small form, and what carries them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product
from catalog.selectors import products_for
from catalog.services import values
from common.money import plain
from deals import selectors
from deals.enums import DealState as S
from deals.enums import ExtensionState, LineState, ReasonKind, WaitingState
from deals.models import Deal
from deals.reasons import reasons_of
from deals.rules import ASKABLE
from deals.services import amendments, closing, drafts, extensions, review, submission, waiting
from portal.catalog.formbase import DayField
from portal.deals.words import FIELD_WORDS
from portal.workflow.stepforms import ReasonedForm, StepForm, text_field
from tenancy.actors import Actor
from tenancy.enums import Permission

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise


class Plain(StepForm):
    pass


class WithText(StepForm):
    text = text_field(_("Words to the partner"))


class MustText(StepForm):
    text = text_field(_("Why"), required=True)


class _Reasoned(ReasonedForm):
    kind = ""

    def reasons(self) -> "Sequence[tuple[str, Text]]":
        return reasons_of(self.kind)


class Reject(_Reasoned):
    kind = ReasonKind.REJECT
    text = text_field(_("Words to the partner"))


class End(_Reasoned):
    kind = ReasonKind.END
    text = text_field(_("Words to the partner"))


class Ask(_Reasoned):
    kind = ReasonKind.INFORMATION
    fields_asked = forms.MultipleChoiceField(
        label=_("What may be changed"), required=False, widget=forms.CheckboxSelectMultiple
    )
    text = text_field(_("Question"))

    def offer(self, actor: Actor, deal: Deal) -> None:
        super().offer(actor, deal)
        self.fields["fields_asked"].choices = [(name, FIELD_WORDS[name]) for name in ASKABLE]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"fields": found.pop("fields_asked", [])}


class Lose(_Reasoned):
    kind = ReasonKind.LOSE
    competitor = forms.CharField(
        label=_("Competitor"), max_length=120, widget=forms.TextInput({"dir": "auto"})
    )
    text = text_field(_("What happened"))


class Win(StepForm):
    amount = forms.CharField(
        label=_("Amount"), widget=forms.TextInput({"dir": "ltr", "inputmode": "decimal"})
    )
    won_on = DayField(label=_("Signed on"))

    def offer(self, actor: Actor, deal: Deal) -> None:
        """Most deals are won today, for what they were registered with."""
        today = timezone.now().astimezone(actor.operator.zone).date()
        self.initial.update(amount=plain(deal.value), won_on=today)

    def values(self) -> dict[str, Any]:
        found = super().values()
        return found | {"amount": values.price(found.get("amount"))}


class LateWin(Win):
    reason = forms.ChoiceField(label=_("Reason"))

    def offer(self, actor: Actor, deal: Deal) -> None:
        super().offer(actor, deal)
        self.fields["reason"].choices = [("", "---------"), *reasons_of(ReasonKind.LATE_WIN)]  # type: ignore[attr-defined]


class Progress(StepForm):
    text = text_field(_("What was done"), required=True)


class Extend(StepForm):
    evidence = text_field(_("What has happened, and why more time is needed"), required=True)


class AddLine(StepForm):
    product = forms.ChoiceField(label=_("Product"))
    quantity = forms.CharField(label=_("Quantity"), initial="1", widget=forms.TextInput({"dir": "ltr"}))
    amount = forms.CharField(label=_("One-off"), required=False, widget=forms.TextInput({"dir": "ltr"}))
    monthly = forms.CharField(label=_("Monthly"), required=False, widget=forms.TextInput({"dir": "ltr"}))
    term_months = forms.CharField(label=_("Months"), required=False, widget=forms.TextInput({"dir": "ltr"}))

    def offer(self, actor: Actor, deal: Deal) -> None:
        self.fields["product"].choices = product_choices(actor)  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        found = super().values()
        version = {"version": found.pop("version")} if "version" in found else {}
        return version | {"line": found}


def product_choices(actor: Actor) -> list[tuple[str, Any]]:
    """Products by family, for a select."""
    groups: dict[str, list[tuple[str, str]]] = {}
    products: list[Product] = list(products_for(actor).filter(active=True).order_by("family__name", "name"))
    for product in products:
        groups.setdefault(product.family.label(), []).append((product.code, product.label()))
    return [("", "---------"), *groups.items()]


@dataclass(frozen=True, slots=True)
class Step:
    """A button with its form. ``main``: stands open; ``sure``: asks again before it is done."""

    verb: str
    label: "Text"
    form: type[StepForm]
    service: Callable[..., Any]
    permission: Permission
    icon: str = "check"
    main: bool = False
    sure: bool = False
    extra: Mapping[str, Any] | None = None


R, D = Permission.REGISTER_DEALS, Permission.DECIDE_DEALS
SUBMIT = Step("submit", _("Submit"), Plain, submission.submit_deal, R, "send", main=True)
ANSWER = Step("answer", _("Send the answer"), Plain, submission.submit_deal, R, "send", main=True)
DELETE = Step("delete", _("Delete the draft"), Plain, drafts.delete_draft, R, "trash", sure=True)
WITHDRAW = Step("withdraw", _("Withdraw"), WithText, submission.withdraw_deal, R, "arrow-back-up", sure=True)
WIN = Step("win", _("Won"), Win, closing.win_deal, R, "trophy")
LATE_WIN = Step("late-win", _("Won after all"), LateWin, closing.win_deal, D, "trophy")
LOSE = Step("lose", _("Lost"), Lose, closing.lose_deal, R, "mood-sad")
PROGRESS = Step("progress", _("Add an update"), Progress, drafts.note_progress, R, "pencil")
EXTEND = Step("extend", _("Ask for longer protection"), Extend, extensions.request_extension, R, "clock-plus")
UNEXTEND = Step(
    "unextend", _("Take the request for longer protection back"), Plain, extensions.withdraw_extension, R, "x"
)
ADD_LINE = Step("add-line", _("Add a product"), AddLine, amendments.propose_line, R, "plus")
RESUBMIT = Step("resubmit", _("Register again"), Plain, drafts.resubmit_deal, R, "refresh")
TAKE_OFFER = Step("take-offer", _("Take the offer"), Plain, waiting.take_offer, R, "check", main=True)
PASS_OFFER = Step("pass-offer", _("Pass"), Plain, waiting.pass_offer, R, "x", main=True, sure=True)
JOIN = Step("join-list", _("Join the waiting list"), Plain, waiting.join_list, R, "clock")
LEAVE = Step("leave-list", _("Leave the waiting list"), Plain, waiting.leave_list, R, "x", sure=True)
TAKE = Step("take", _("Begin the review"), Plain, review.take_deal, D, "hand-stop", main=True)
APPROVE = Step("approve", _("Approve"), WithText, review.approve_deal, D, "check")
REJECT = Step("reject", _("Reject"), Reject, review.reject_deal, D, "x")
ASK = Step("ask", _("Ask the partner"), Ask, review.request_information, D, "help")
END = Step("end", _("End the protection early"), End, closing.end_protection, D, "ban")
GRANT = Step("grant", _("Grant longer protection"), WithText, extensions.approve_extension, D, "clock-check")
DENY = Step("deny", _("Refuse longer protection"), MustText, extensions.reject_extension, D, "clock-x")
LINE_IN = Step("line-in", _("Let the product in"), WithText, amendments.approve_line, D, "check")
LINE_OUT = Step("line-out", _("Keep the product out"), MustText, amendments.refuse_line, D, "x")
EVERY = {
    step.verb: step
    for step in (
        SUBMIT, ANSWER, DELETE, WITHDRAW, WIN, LATE_WIN, LOSE, PROGRESS, EXTEND, UNEXTEND, ADD_LINE, RESUBMIT,
        TAKE_OFFER, PASS_OFFER, JOIN, LEAVE, TAKE, APPROVE, REJECT, ASK, END, GRANT, DENY, LINE_IN, LINE_OUT,
    )
}  # fmt: skip
_BY_STATE: dict[str, tuple[Step, ...]] = {
    S.DRAFT: (SUBMIT, DELETE),
    S.SUBMITTED: (TAKE, APPROVE, ASK, REJECT, WITHDRAW),
    S.UNDER_REVIEW: (APPROVE, ASK, REJECT, WITHDRAW),
    S.INFORMATION_REQUIRED: (ANSWER, WITHDRAW),
    S.APPROVED: (PROGRESS, WIN, LOSE, EXTEND, UNEXTEND, ADD_LINE, GRANT, DENY, END, WITHDRAW),
    S.REJECTED: (RESUBMIT,),
    S.DUPLICATE: (TAKE_OFFER, PASS_OFFER, JOIN, LEAVE),
    S.EXPIRED: (LATE_WIN,),
}


def steps_for(actor: Actor, deal: Deal) -> list[tuple[Step, StepForm]]:
    """What ``actor`` may do with the deal now, with an empty form each."""
    if actor.is_partner and deal.partner_id != actor.partner_id:
        return []
    found = [step for step in _BY_STATE.get(deal.state, ()) if actor.can(step.permission)]
    hidden = _not_now(actor, deal)
    return [
        (step, step.form(actor=actor, subject=deal, prefix=None, auto_id=f"id_{step.verb}_%s"))
        for step in found
        if step not in hidden
    ]


def _not_now(actor: Actor, deal: Deal) -> list[Step]:
    hidden: list[Step] = []
    if deal.state == S.APPROVED:
        asked = selectors.extensions_of(deal).filter(state=ExtensionState.REQUESTED).exists()
        hidden += [EXTEND] if asked else [UNEXTEND, GRANT, DENY]
    if deal.state == S.DUPLICATE:
        entry = selectors.waiting_of(deal)
        state = entry.state if entry else ""
        hidden += [] if state == WaitingState.OFFERED else [TAKE_OFFER, PASS_OFFER]
        hidden += [JOIN] if state in (WaitingState.QUEUED, WaitingState.OFFERED) else [LEAVE]
        hidden += [LEAVE] if state == WaitingState.OFFERED else []
    if not actor.is_partner and actor.can(D):
        case = selectors.case_of(actor, deal)
        hidden += [APPROVE] if case is not None and case.state == "open" else []
    return hidden


def proposed_lines(deal: Deal) -> list[Any]:
    return list(selectors.lines_of(deal).filter(state=LineState.PROPOSED))
