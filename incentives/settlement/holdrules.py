"""Rules that hold money: each looks at the run's partners set-wise and names what it found. The same finding holds once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from common.periods import Period
from incentives.models import FrozenAccrual, Hold, SettlementRun
from incentives.settlement import options
from incentives.settlement.findings import Finding, found_by
from incentives.settlement.nearness import own_accounts, shared_addresses, shared_contacts
from incentives.settlement.runs import today_of
from incentives.states import HoldReason, HoldState
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import declare, notify, partner_people
from workflow.timers import schedule

RELEASE = "incentives.hold_until"
HELD = declare(
    "settlement.held",
    Urgency.ACTION,
    _("Money is held back until %(until)s: %(text)s"),
    asks=(HoldState.ACTIVE,),
)


#: A legal id without signs and spaces.
_LEGAL = "upper(regexp_replace({}.legal_id, '[^0-9A-Za-z]', '', 'g'))"
#: Sales of the period to customers who are the seller itself: the partner, one above or below it.
_SELF = f"""
select distinct c.partner_id, {_LEGAL.format("u")} = {_LEGAL.format("p")} as own from performance_credit c
join catalog_customer u on u.operator_id = c.operator_id and u.id = c.customer_id and u.legal_id <> ''
join partners_partner p on p.operator_id = c.operator_id and p.id = c.partner_id
join partners_partner q on q.operator_id = c.operator_id and coalesce(q.root_id, q.id) = coalesce(p.root_id, p.id)
where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(first)s and %(last)s
  and q.legal_id <> '' and {_LEGAL.format("q")} = {_LEGAL.format("u")}
"""
_DUPLICATE = f"""
with sold as materialized (
  select distinct c.partner_id, c.customer_id from performance_credit c
  where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(first)s and %(last)s
    and c.customer_id is not null),
met as materialized (
  select s.partner_id, u.id, {_LEGAL.format("u")} as legal from sold s
  join catalog_customer u on u.operator_id = %(op)s and u.id = s.customer_id and u.legal_id <> ''),
every as materialized (
  select u.id, {_LEGAL.format("u")} as legal from catalog_customer u where u.operator_id = %(op)s and u.legal_id <> '')
select distinct met.partner_id from met join every on every.legal = met.legal and every.id <> met.id
"""
_RETURNED = """
select distinct back.partner_id from performance_credit back
join performance_credit c on c.operator_id = back.operator_id and c.source = back.source
  and c.external_id = back.reverses and c.position >= 0
where back.operator_id = %(op)s and back.partner_id = any(%(partners)s) and back.reverses <> '' and back.position >= 0
  and back.sign < 0 and c.day between %(late)s and %(last)s and back.day > %(last)s and back.day <= %(after)s
"""
_ACCOUNTS = """
select distinct b.partner_id from incentives_bankaccount b
join incentives_bankaccount o on o.operator_id = b.operator_id and o.iban = b.iban and o.partner_id <> b.partner_id
where b.operator_id = %(op)s and b.partner_id = any(%(partners)s) and b.state in ('active', 'confirmed')
  and o.state in ('active', 'confirmed')
"""
_CHANGED = """
select distinct b.partner_id from incentives_bankaccount b
where b.operator_id = %(op)s and b.partner_id = any(%(partners)s) and b.state = 'active'
  and b.created_at > now() - make_interval(days => %(rest)s)
  and exists (select 1 from incentives_bankaccount o where o.operator_id = b.operator_id
    and o.partner_id = b.partner_id and o.id <> b.id and o.state = 'retired')
"""
_WITHOUT = """
select p.id from partners_partner p where p.operator_id = %(op)s and p.id = any(%(partners)s) and not exists (
  select 1 from incentives_bankaccount b where b.operator_id = p.operator_id and b.partner_id = p.id
    and b.state = 'active')
"""
_MONTHS = """
select c.partner_id, date_trunc('month', c.day)::date as month, sum(c.amount) from performance_credit c
where c.operator_id = %(op)s and c.partner_id = any(%(partners)s) and c.day between %(before)s and %(last)s
  and c.kind not in ('satisfaction', 'training', 'certificate', 'joined')
group by 1, 2
"""


def place_holds(actor: Actor, run: SettlementRun, period: Period) -> int:
    """Hold what the rules find for the run's partners; returns how many holds are new."""
    earning = FrozenAccrual.objects.filter(run=run, amount__gt=0).order_by()
    partners = list(earning.values_list("partner_id", flat=True).distinct())
    until = today_of(actor) + timedelta(days=options.hold_days())
    found = [
        Hold(
            partner_id=finding.partner_id,
            reason=finding.reason,
            text=finding.text,
            until=until,
            by_rule=True,
            finding=_finding(run, finding),
        )
        for rule in RULES
        for finding in rule(actor, period, partners)
    ]
    holds = Hold.objects.bulk_create(_unknown(found), batch_size=1000)
    due = work_calendar(actor.operator).end_of(until)
    for hold in holds:
        if hold.reason != HoldReason.BANK_DATA_MISSING:
            schedule(RELEASE, hold, due)
        to = partner_people(hold.partner_id, Permission.VIEW_STATEMENTS)
        notify(HELD, hold, to=to, path="/statements/", until=until.isoformat(), text=hold.text)
    return len(holds)


def _finding(run: SettlementRun, finding: Finding) -> str:
    """What a rule found once; missing bank data are one finding however many runs meet it."""
    missing = finding.reason == HoldReason.BANK_DATA_MISSING
    return "" if missing else f"{run.group}:{run.period}:{finding.reason}"


def _unknown(found: Sequence[Hold]) -> list[Hold]:
    partners = {hold.partner_id for hold in found}
    rows = Hold.objects.filter(partner_id__in=partners)
    known = set(rows.exclude(finding="").values_list("partner_id", "finding"))
    waiting = rows.filter(state=HoldState.ACTIVE, reason=HoldReason.BANK_DATA_MISSING)
    missing = set(waiting.values_list("partner_id", flat=True))
    return [
        hold
        for hold in found
        if ((hold.partner_id, hold.finding) not in known if hold.finding else hold.partner_id not in missing)
    ]


Rule = Callable[[Actor, Period, Sequence[int]], Iterable[Finding]]


def own_customers(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    """Selling to oneself, or to a company of one's own tree."""
    rows = found_by(actor, _SELF, partners, first=period.start, last=period.last_day)
    for partner_id in sorted({row[0] for row in rows}):
        own = any(row[1] for row in rows if row[0] == partner_id)
        reason = HoldReason.SELF_REFERRAL if own else HoldReason.SHARED_LEGAL_ID
        yield Finding(partner_id, reason, gettext_noop("Show that the customer is another company."))


def duplicate_customers(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    for (partner_id,) in found_by(actor, _DUPLICATE, partners, first=period.start, last=period.last_day):
        yield Finding(
            partner_id,
            HoldReason.DUPLICATE_CUSTOMER,
            gettext_noop("Say which of the two customers is the right one."),
        )


def unusual_volume(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    """A month far above the median of the six before the period. Without regular business there is no median to exceed."""
    most = options.hold_unusual()
    if not most:
        return
    first = period.start - timedelta(days=183)
    months: dict[int, dict[date, Decimal]] = {}
    rows = found_by(actor, _MONTHS, partners, before=first.replace(day=1), last=period.last_day)
    for partner_id, month, amount in rows:
        months.setdefault(partner_id, {})[month] = amount
    for partner_id, amounts in sorted(months.items()):
        before = sorted(month for month in amounts if month < period.start.replace(day=1))[-6:]
        usual = median([amounts[month] for month in before]) if len(before) == 6 else Decimal(0)
        highest = max(
            (amount for month, amount in amounts.items() if month >= period.start), default=Decimal(0)
        )
        if usual > 0 and highest > most * usual:
            yield Finding(
                partner_id, HoldReason.UNUSUAL_VOLUME, gettext_noop("Send the orders behind this volume.")
            )


def sold_and_returned(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    window = timedelta(days=options.return_window())
    last = period.last_day
    for (partner_id,) in found_by(
        actor, _RETURNED, partners, late=last - window, last=last, after=last + window
    ):
        yield Finding(
            partner_id,
            HoldReason.SALE_THEN_RETURN,
            gettext_noop("Explain the returns just after the period."),
        )


def shared_accounts(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    for (partner_id,) in found_by(actor, _ACCOUNTS, partners):
        yield Finding(
            partner_id, HoldReason.SHARED_ACCOUNT, gettext_noop("Give a bank account of your own company.")
        )


def changed_accounts(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    for (partner_id,) in found_by(actor, _CHANGED, partners, rest=options.account_rest()):
        yield Finding(
            partner_id,
            HoldReason.ACCOUNT_CHANGED,
            gettext_noop("Nothing to do: payment follows a little later."),
        )


def missing_accounts(actor: Actor, period: Period, partners: Sequence[int]) -> Iterator[Finding]:
    for (partner_id,) in found_by(actor, _WITHOUT, partners):
        yield Finding(
            partner_id,
            HoldReason.BANK_DATA_MISSING,
            gettext_noop("Enter a bank account and have it confirmed."),
        )


RULES: tuple[Rule, ...] = (
    own_customers,
    shared_contacts,
    shared_addresses,
    own_accounts,
    duplicate_customers,
    unusual_volume,
    sold_and_returned,
    shared_accounts,
    changed_accounts,
    missing_accounts,
)
