"""Reads of statements, cut to what an actor may see. Runs are never joined: partners have no sight of them."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from common.errors import NotFound
from common.money import from_minor
from incentives.models import Payment, Statement, StatementLine
from incentives.payments.numbers import masked
from incentives.states import LineKind, LineState, PaymentState, StatementState
from tenancy.actors import Actor
from tenancy.enums import Audience, Permission


def statements_for(actor: Actor) -> QuerySet[Statement]:
    """Statements that the actor may see, newest first. Drafts are for those who settle."""
    actor.require(Permission.VIEW_STATEMENTS)
    found = Statement.objects.select_related("partner", "acknowledged_by").order_by("-pk")
    if actor.can(Permission.SETTLE) or actor.can(Permission.APPROVE_SETTLEMENTS):
        return found
    return found.exclude(state=StatementState.DRAFT)


def get_statement(actor: Actor, number: str) -> Statement:
    """One of ``statements_for``; raises ``NotFound``."""
    statement = statements_for(actor).select_related("corrects").filter(number=number).first()
    if statement is None:
        raise NotFound()
    return statement


def statement_lines(statement: Statement) -> QuerySet[StatementLine]:
    """The lines in order, with what they name."""
    lines: QuerySet[StatementLine] = StatementLine.objects.filter(statement=statement).select_related(
        "scheme", "version__scheme", "rep", "hold", "adjustment", "corrects__statement", "partner"
    )
    return lines.order_by("position")


def get_line(actor: Actor, number: str, position: int) -> StatementLine:
    """One line of a statement; raises ``NotFound``."""
    statement = get_statement(actor, number)
    line = statement_lines(statement).filter(position=position).first()
    if line is None:
        raise NotFound()
    line.statement = statement
    return line


def payments_of(statement: Statement) -> list[Payment]:
    """Attempts to pay the statement, the newest first."""
    return list(Payment.objects.filter(statement=statement).order_by("-attempt"))


def account_of(actor: Actor, payment: Payment) -> str:
    """The masked account that a payment goes to; empty for account managers, who see no bank data."""
    if actor.audience is Audience.PAM or payment.bank_account is None:
        return ""
    return masked(payment.bank_account.iban)


def later_lines(line: StatementLine) -> QuerySet[StatementLine]:
    """What came of a line afterwards: releases, clawbacks and corrections that name it."""
    found: QuerySet[StatementLine] = StatementLine.objects.filter(corrects=line).select_related("statement")
    return found.order_by("pk")


def held_lines(actor: Actor, partner_id: int | None = None) -> QuerySet[StatementLine]:
    """Amounts that wait: lines on hold that nothing released since, the soonest release first."""
    actor.require(Permission.VIEW_STATEMENTS)
    found: QuerySet[StatementLine] = StatementLine.objects.filter(state=LineState.ON_HOLD).exclude(
        kind=LineKind.HOLD
    )
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    released = StatementLine.objects.filter(kind=LineKind.RELEASE).values("corrects_id")
    lines = found.exclude(pk__in=released).select_related("hold", "scheme", "statement", "partner", "rep")
    return lines.order_by("release_on", "pk")


def paid_amount(statement: Statement) -> Decimal:
    """What the bank has paid of the statement."""
    rows = Payment.objects.filter(statement=statement, state=PaymentState.PAID)
    minor = rows.aggregate(total=Sum("amount"))["total"] or 0
    return from_minor(minor, statement.currency)
