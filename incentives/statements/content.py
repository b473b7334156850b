"""What a statement says, once: the page, the PDF and the spreadsheet are all drawn from it, so they cannot differ.

Amounts are exact and written by ``Formats`` where they are shown; words are in the active language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from common.calendars import get_calendar
from common.display import unit_name
from common.formats import Formats
from common.periods import parse_period
from formula import Trace
from formula.explainer import explain
from formula.nodes import Component, Name, walk
from formula.trace import Part, Step
from incentives.explain import Cut
from incentives.models import Payment, Statement, StatementLine
from incentives.selectors import kpis_named
from incentives.statements.acknowledge import acknowledgement
from incentives.statements.explain import Settled, explain_settled, transactions_of
from incentives.statements.selectors import account_of, paid_amount, payments_of, statement_lines
from incentives.states import CorrectionReason, HoldReason, LineKind, LineState
from incentives.wording import at_most, isolated, plain_value, show_value
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Detail:
    """A part of a line: a component, what the cap took, the rounding. ``measured`` is what went in, ``how`` the way."""

    label: str
    measured: str = ""
    how: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One line with its words."""

    line: StatementLine
    title: str
    notes: list[str]
    details: list[Detail] = field(default_factory=list)
    settled: Settled | None = None

    @property
    def path(self) -> str:
        """Where the line opens into its explanation."""
        return f"/statements/{self.line.statement.number}/lines/{self.line.position}/"


@dataclass(frozen=True, slots=True)
class Content:
    """``facts`` are written; ``sums`` are the way from the opening to the closing balance."""

    statement: Statement
    facts: list[tuple[str, str]]
    sums: list[tuple[str, Decimal]]
    items: list[Item]
    unit: str

    @property
    def total(self) -> Decimal:
        amount: Decimal = self.statement.net
        return amount


def content_of(actor: Actor, statement: Statement, formats: Formats) -> Content:
    """Everything that a statement says to this reader. A fixed number of queries, and one per line of single sales."""
    lines = list(statement_lines(statement))
    for line in lines:
        line.statement = statement
    names = _kpi_names(actor, lines)
    items = [item_of(actor, line, formats, names) for line in lines]
    return Content(
        statement, _facts(actor, statement, lines, formats), sums_of(statement), items, unit_of(statement, formats)
    )  # fmt: skip


def unit_of(statement: Statement, formats: Formats) -> str:
    """The unit that amounts are written in, by name, with the currency's code."""
    name = unit_name(statement.currency, formats.language, formats.toman)
    if formats.toman and statement.currency == "IRR":
        rial = unit_name("IRR", formats.language)
        return _("%(unit)s (1 is 10 %(rial)s; %(code)s)") % {"unit": name, "rial": rial, "code": "IRR"}
    return name if name == statement.currency else f"{name} ({statement.currency})"


def sums_of(statement: Statement) -> list[tuple[str, Decimal]]:
    """From the opening balance to what is left."""
    return [
        (_("Opening balance"), statement.opening),
        (_("Earned"), statement.earned),
        (_("Adjustments"), statement.adjusted),
        (_("Clawbacks"), statement.clawed_back),
        (_("Held back and released"), statement.held),
        (_("Tax and withholding"), statement.tax),
        (_("Net amount"), statement.net),
        (_("Paid by the bank"), paid_amount(statement)),
        (_("Closing balance"), statement.closing),
    ]


def period_words(code: str, actor: Actor, formats: Formats) -> list[tuple[str, str]]:
    """The period in the operator's calendar and, where that is another one, in the Gregorian."""
    period = parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)
    own = f"{period.label(formats.language)} ({period.range_label(formats.language)})"
    found = [(_("Period"), own)]
    if actor.operator.calendar != "gregorian":
        gregorian = get_calendar("gregorian")
        days = [gregorian.format(day, formats.language, "long") for day in (period.start, period.last_day)]
        found.append((_("Gregorian days"), " – ".join(days)))
    return found


def _facts(
    actor: Actor, statement: Statement, lines: list[StatementLine], formats: Formats
) -> list[tuple[str, str]]:
    partner = statement.partner
    schemes = dict.fromkeys(str(line.scheme) for line in lines if line.scheme)
    confirmed = acknowledgement(statement)
    payment = next(iter(payments_of(statement)), None)
    found = [
        (_("Partner"), f"{partner} · {isolated(partner.code)}"),
        *period_words(statement.period, actor, formats),
        (_("Schemes"), _(", ").join(schemes)),
        (_("Amounts in"), unit_of(statement, formats)),
        (_("State"), str(statement.get_state_display())),
        (_("Issued"), formats.moment(statement.issued_at) if statement.issued_at else ""),
        (_("Data as of"), formats.moment(statement.as_of) if statement.as_of else ""),
        *_payment(actor, payment, formats),
        (_("Receipt confirmed"), _confirmed(confirmed, formats)),
        (_("Takes the place of"), statement.corrects.number if statement.corrects else ""),
    ]
    return [(label, value) for label, value in found if value]


def _payment(actor: Actor, payment: Payment | None, formats: Formats) -> Iterator[tuple[str, str]]:
    if payment is None:
        yield _("Payment"), _("Nothing to pay from this statement")
        return
    yield _("Payment"), str(payment.get_state_display())
    account = account_of(actor, payment)
    yield _("Bank account"), isolated(account) if account else ""
    if payment.due_on:
        yield _("Pay date"), formats.day(payment.due_on)
    yield _("Bank reference"), isolated(payment.bank_reference) if payment.bank_reference else ""
    yield _("The bank says"), payment.bank_reason


def _confirmed(confirmed: object, formats: Formats) -> str:
    who, at = getattr(confirmed, "actor", ""), getattr(confirmed, "at", None)
    if at is None:
        return ""
    if getattr(confirmed, "reason", "") == "time":
        return _("%(day)s, because nobody objected in time") % {"day": formats.day(at)}
    return _("%(day)s by %(who)s") % {"day": formats.day(at), "who": isolated(who)}


def _kpi_names(actor: Actor, lines: list[StatementLine]) -> dict[str, str]:
    codes = {name for line in lines if line.version for name in line.version.names}
    return {kpi.code: str(kpi) for kpi in kpis_named(actor, codes)}


def item_of(actor: Actor, line: StatementLine, formats: Formats, names: Mapping[str, str]) -> Item:
    settled = explain_settled(actor, line)
    details = list(_details(settled, formats, names)) if settled else []
    return Item(line, title_of(line), list(_notes(line, formats)), details, settled)


def title_of(line: StatementLine) -> str:
    """What the line is for: the scheme and, where a seller earns, the seller; else its kind."""
    kind = str(LineKind(line.kind).label)
    subject = str(line.scheme) if line.scheme else line.label
    title = subject if line.kind == LineKind.EARNED and subject else f"{kind}: {subject}" if subject else kind
    return f"{title} · {line.rep}" if line.rep else title


def _notes(line: StatementLine, formats: Formats) -> Iterator[str]:
    """Reason, reference, origin, release: whatever makes the amount of this line what it is."""
    if line.kind not in (LineKind.EARNED, LineKind.OPENING) and line.period:
        yield _("For %(period)s") % {"period": formats.period(line.period)}
    if line.kind == LineKind.HOLD and line.corrects:
        yield _("Takes line %(line)s out until then") % {"line": isolated(str(line.corrects.position))}
        return
    if line.reason:
        yield _("Reason: %(reason)s") % {"reason": _reason(line.reason)}
    if line.hold:
        reason = (
            HoldReason(line.hold.reason).label if line.hold.reason in HoldReason.values else line.hold.reason
        )
        yield _("Held because: %(reason)s") % {"reason": reason}
        if line.hold.text:
            yield _("What to do: %(text)s") % {"text": isolated(line.hold.text)}
    if line.release_on:
        yield _("Released on %(day)s at the latest") % {"day": formats.day(line.release_on)}
    if line.text:
        yield line.text
    if line.reference:
        yield _("Reference: %(reference)s") % {"reference": isolated(line.reference)}
    if line.corrects:
        origin = f"{line.corrects.statement.number}/{line.corrects.position}"
        yield _("Goes back to line %(line)s") % {"line": isolated(origin)}
    if line.state not in (LineState.IN_STATEMENT, LineState.APPROVED, LineState.PAID, LineState.EXPORTED):
        yield str(LineState(line.state).label)


def _reason(code: str) -> str:
    return str(CorrectionReason(code).label) if code in CorrectionReason.values else code


def _details(settled: Settled, formats: Formats, names: Mapping[str, str]) -> Iterator[Detail]:
    """Components, cap and rounding: together they are the line's amount before earlier settlements."""
    if settled.per_transaction:
        count = transactions_of(settled.line).count()
        label = _("Transactions that earned: %(count)s") % {"count": formats.number(count)}
        yield Detail(label, amount=at_most(settled.exact, 12))
    elif settled.trace:
        for part in settled.trace.parts:
            yield _component(settled.trace, part, formats, names)
    else:
        yield Detail(_("The conditions of the scheme are not met, so it earns nothing"), amount=Decimal(0))
    for cut in settled.cuts:
        if cut.amount:
            yield Detail(_cut_words(cut, settled, formats), amount=-cut.amount)
    if settled.rounding:
        rule = settled.version.get_rounding_display()
        yield Detail(_("Rounding, once (%(rule)s)") % {"rule": rule}, amount=settled.rounding)
    if settled.line.kind != LineKind.EARNED:
        yield Detail(_("Settled before"), amount=-settled.before)


def _cut_words(cut: Cut, settled: Settled, formats: Formats) -> str:
    """What a step between the formula and the amount did."""
    sentences = {
        "beaten": _("“%(by)s” gives more, and only the best one pays"),
        "excluded": _("“%(by)s” excludes other schemes"),
        "cap": _("Cut by the most per period, %(cap)s"),
        "stop": _("Budget reached: what happened before it used the budget up"),
        "pro_rata": _("Budget reached: all get the same share"),
        "approval": _("Budget reached: waits for the operator's approval of more"),
    }
    cap = formats.money(settled.version.cap or 0)
    return sentences.get(cut.reason, cut.step) % {"by": isolated(cut.by), "cap": isolated(cap)}


def _component(trace: Trace, part: Part, formats: Formats, names: Mapping[str, str]) -> Detail:
    amount = part.result if part.kind == "component" and isinstance(part.result, Decimal) else None
    return Detail(
        label=part.label or _("Amount"),
        measured=_(", ").join(_measured(trace, part, formats, names)),
        how=" ".join(f"{sentence}." for step in part.steps for sentence in _sentences(step, formats)),
        amount=None if amount is None else at_most(amount, 12),
    )


def _sentences(step: Step, formats: Formats) -> list[str]:
    return explain(step, translate=_, show=lambda value, unit: show_value(formats, value, unit))


def _measured(trace: Trace, part: Part, formats: Formats, names: Mapping[str, str]) -> Iterator[str]:
    """Each KPI that this part names, with its value."""
    item = next(
        (each for each in trace.program.script.items if (each.start, each.end) == (part.start, part.end)),
        None,
    )
    if item is None or not isinstance(item, Component):
        return
    used = {each.name: each for each in trace.used if each.kind == "value"}
    for name in dict.fromkeys(node.name for node, _depth in walk(item) if isinstance(node, Name)):
        if name in used and used[name].value is not None:
            value = plain_value(formats, used[name].value, used[name].type)  # type: ignore[arg-type]
            yield f"{isolated(names.get(name, name))}: {isolated(value)}"
