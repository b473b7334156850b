"""Reads of payments, batches and bank accounts, cut to what an actor may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from itertools import pairwise

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from common.errors import NotFound
from common.money import from_minor
from incentives.models import (
    BankAccount,
    BankResponse,
    Hold,
    Payment,
    PaymentBatch,
    SettlementRun,
    Statement,
)
from incentives.payments.enums import Block
from incentives.payments.numbers import grouped, masked
from incentives.settlement.lines import PAYOUT_REASONS
from incentives.states import BankAccountState, HoldReason, HoldState, PaymentState, StatementState
from tenancy.actors import Actor
from tenancy.enums import Audience, Permission


@dataclass(frozen=True, slots=True)
class Payable:
    """A payment that waits, the account it would go to, and why it cannot go now (``Block`` or empty)."""

    payment: Payment
    account: BankAccount | None
    block: str

    @property
    def ready(self) -> bool:
        return not self.block


def payables(actor: Actor, *, on: date | None = None) -> list[Payable]:
    """What is to be paid, the earliest due first; ``on`` is the day of payment (today without)."""
    actor.require(Permission.VIEW_PAYMENTS)
    waiting = Payment.objects.filter(state=PaymentState.PAYABLE)
    return weighed(
        waiting.select_related("partner", "statement").order_by("due_on", "id"), on or today(actor)
    )


def weighed(payments: Iterable[Payment], on: date) -> list[Payable]:
    """Each payment with its account and what stands in its way on a day."""
    rows = list(payments)
    partners = {payment.partner_id for payment in rows}
    active = BankAccount.objects.filter(partner_id__in=partners, state=BankAccountState.ACTIVE)
    accounts = {account.partner_id: account for account in active}
    held = set(held_partners(partners))
    return [_weigh(row, accounts.get(row.partner_id), row.partner_id in held, on) for row in rows]


def held_partners(partner_ids: Iterable[int]) -> QuerySet[Hold, int]:
    """Partners all of whose money is held: by hand, or by a rule about their account.

    Other holds take their lines out of statements and stop nothing else; missing bank data is a block of its own.
    """
    active = Hold.objects.filter(state=HoldState.ACTIVE, scheme=None, rep=None)
    whole = Q(by_rule=False) | Q(reason__in=PAYOUT_REASONS)
    found = active.filter(whole, partner_id__in=list(partner_ids))
    return found.exclude(reason=HoldReason.BANK_DATA_MISSING).values_list("partner_id", flat=True)


def _weigh(payment: Payment, account: BankAccount | None, held: bool, on: date) -> Payable:
    if held:
        return Payable(payment, account, Block.ON_HOLD)
    if account is None:
        return Payable(payment, None, Block.NO_ACCOUNT)
    late = payment.due_on is not None and payment.due_on > on
    return Payable(payment, account, Block.NOT_DUE if late else "")


def today(actor: Actor) -> date:
    """Today at the operator."""
    return timezone.localtime(timezone.now(), actor.operator.zone).date()


def rolling(actor: Actor) -> list[Statement]:
    """The newest statement of each partner whose balance rolls on to the next one, largest first."""
    actor.require(Permission.VIEW_PAYMENTS)
    issued = Statement.objects.exclude(state__in=[StatementState.DRAFT, StatementState.SUPERSEDED])
    newest = issued.order_by("partner_id", "-id").distinct("partner_id").select_related("partner")
    return sorted((each for each in newest if each.closing), key=lambda each: (-each.closing, each.pk))


def payments_for(actor: Actor) -> QuerySet[Payment]:
    """Payments of the operator, of a PAM's book, or of the own company; accounts are shown in part."""
    actor.require(Permission.VIEW_STATEMENTS)
    rows = Payment.objects.select_related("statement", "partner").order_by("-id")
    if actor.audience in (Audience.OPERATOR, Audience.WORKER):
        return rows.select_related("batch")
    return rows.filter(partner_id=actor.partner_id) if actor.is_partner else rows


def payments_of(actor: Actor, statement_id: int) -> QuerySet[Payment]:
    """Every attempt to pay a statement, the first one first."""
    return payments_for(actor).filter(statement_id=statement_id).order_by("attempt")


def get_payment(actor: Actor, payment_id: int) -> Payment:
    payment = payments_for(actor).filter(pk=payment_id).first()
    if payment is None:
        raise NotFound()
    return payment


def batches_for(actor: Actor) -> QuerySet[PaymentBatch]:
    """Batches, newest first."""
    actor.require(Permission.VIEW_PAYMENTS)
    rows = PaymentBatch.objects.select_related("prepared_by", "approved_by").order_by("-id")
    return rows.none() if actor.is_partner else rows


def get_batch(actor: Actor, batch_id: int) -> PaymentBatch:
    batch = batches_for(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    return batch


def payments_in(actor: Actor, batch: PaymentBatch) -> QuerySet[Payment]:
    """The lines of a batch in the order of its file."""
    actor.require(Permission.VIEW_PAYMENTS)
    return batch.payments.select_related("partner", "statement", "bank_account").order_by("id")


def responses_to(actor: Actor, batch: PaymentBatch) -> QuerySet[BankResponse]:
    """What the bank answered, newest first."""
    actor.require(Permission.VIEW_PAYMENTS)
    return batch.responses.defer("content").order_by("-id")


def lost_responses(actor: Actor) -> QuerySet[BankResponse]:
    """Responses to files that nobody here made."""
    actor.require(Permission.VIEW_PAYMENTS)
    return BankResponse.objects.filter(batch=None).defer("content").order_by("-id")


def accounts_for(actor: Actor) -> QuerySet[BankAccount]:
    """Accounts with their history: all for the operator's finance, the own ones for a partner's; nobody else has any."""
    rows = BankAccount.objects.select_related("partner", "submitted_by", "confirmed_by")
    if actor.is_partner:
        actor.require(Permission.MANAGE_BANK_ACCOUNT)
        return rows.filter(partner_id=actor.partner_id).order_by("-id")
    actor.require(Permission.CONFIRM_BANK_ACCOUNT)
    return rows.order_by("-id")


def get_account(actor: Actor, account_id: int) -> BankAccount:
    account = accounts_for(actor).filter(pk=account_id).first()
    if account is None:
        raise NotFound()
    return account


def number_shown(actor: Actor, account: BankAccount) -> str:
    """The account's number: whole for the operator's finance, country and last four for everybody else."""
    whole = actor.can(Permission.CONFIRM_BANK_ACCOUNT) and not actor.is_partner
    return grouped(account.iban) if whole else masked(account.iban)


def sharers(actor: Actor, account: BankAccount) -> list[BankAccount]:
    """Accounts of other partners with the same number: a sign of fraud or of a mistake."""
    actor.require(Permission.CONFIRM_BANK_ACCOUNT)
    same = BankAccount.objects.filter(iban=account.iban).exclude(partner_id=account.partner_id)
    return list(same.select_related("partner").order_by("partner__name", "-id"))


@dataclass(frozen=True, slots=True)
class Month:
    """Payments that the bank decided in one month. ``paid`` in units of the currency."""

    start: date
    paid: Decimal
    count: int
    refused: int

    @property
    def refused_rate(self) -> Decimal:
        """Of all that were decided, 0 to 1."""
        return Decimal(self.refused) / max(self.count + self.refused, 1)


def months(actor: Actor, starts: Sequence[date], currency: str) -> list[Month]:
    """What was paid and refused in each period between two of ``starts`` (the last one ends the last period)."""
    actor.require(Permission.VIEW_PAYMENTS)
    return [_month(actor, start, end, currency) for start, end in pairwise(starts)]


def _month(actor: Actor, start: date, end: date, currency: str) -> Month:
    zone = actor.operator.zone
    decided = Payment.objects.filter(
        answered_at__gte=_midnight(start, zone), answered_at__lt=_midnight(end, zone), currency=currency
    )
    paid = Q(state=PaymentState.PAID)
    found = decided.aggregate(
        total=Sum("amount", filter=paid),
        count=Count("pk", filter=paid),
        refused=Count("pk", filter=Q(state=PaymentState.REFUSED)),
    )
    return Month(start, from_minor(int(found["total"] or 0), currency), found["count"], found["refused"])


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)


def days_to_pay(actor: Actor) -> list[tuple[SettlementRun, int]]:
    """The last runs that are closed, with the days from the end of their period to the last payment, oldest first."""
    actor.require(Permission.VIEW_PAYMENTS)
    runs = SettlementRun.objects.filter(closed_at__isnull=False).order_by("-closed_at")[:12]
    zone = actor.operator.zone
    return [
        (run, (timezone.localtime(run.closed_at, zone).date() - run.period_end).days)
        for run in reversed(runs)
        if run.closed_at
    ]
