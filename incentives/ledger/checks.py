"""Every invariant of money, asked of the database anew: each question answers with the rows that break it."""

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from common.money import exponent
from tenancy.actors import Actor
from tenancy.enums import Permission

_EXAMPLES = 20
_APPROVED = "s.state in ('approved', 'paid')"
#: Lines that left the payment because of a dispute; what is decided comes back as a release line.
_DISPUTED = "l.dispute_id is not null"
_MOVED = f"""
select s.partner_id, s.currency,
  sum(case when l.kind = 'opening' then 0 when {_DISPUTED} then 0 else l.amount end) as moved
from incentives_statement s join incentives_statementline l on l.operator_id = s.operator_id and l.statement_id = s.id
where s.operator_id = %(op)s and {_APPROVED} group by 1, 2"""
_OWED = """
select l.partner_id, a.currency, -sum(l.amount) as owed
from incentives_ledgerline l join incentives_ledgeraccount a on a.operator_id = l.operator_id and a.id = l.account_id
where l.operator_id = %(op)s and a.kind = 'payable' group by 1, 2"""
_PAID = """
select p.partner_id, p.currency, sum(p.amount) as paid from incentives_payment p
where p.operator_id = %(op)s and p.state = 'paid' group by 1, 2"""
_WAITING = """
select partner_id, currency, sum(amount) as waiting from (
  select distinct on (statement_id) partner_id, currency, amount, state from incentives_payment
  where operator_id = %(op)s order by statement_id, attempt desc) p where state <> 'paid' group by 1, 2"""
_CLOSING = """
select partner_id, currency, sum(closing) as closing from (
  select distinct on (r."group", s.partner_id) s.partner_id, s.currency, s.closing
  from incentives_statement s join incentives_settlementrun r on r.operator_id = s.operator_id and r.id = s.run_id
  where s.operator_id = %(op)s and s.state in ('approved', 'paid') order by r."group", s.partner_id, s.id desc) c
group by 1, 2"""

#: Invariant -> a query for what breaks it; ``unit`` is 10 to the currency's exponent.
QUERIES: dict[str, str] = {
    "entries balance per currency": """
select l.entry_id as entry, a.currency, sum(l.amount) as sum, count(*) as lines from incentives_ledgerline l
join incentives_ledgeraccount a on a.operator_id = l.operator_id and a.id = l.account_id
where l.operator_id = %(op)s group by 1, 2 having sum(l.amount) <> 0 or count(*) < 2""",
    "entries have lines": """
select e.id as entry, e.kind from incentives_ledgerentry e where e.operator_id = %(op)s
and not exists (select 1 from incentives_ledgerline l where l.operator_id = e.operator_id and l.entry_id = e.id)""",
    "reversals negate": """
select e.id as entry, l.account_id as account, sum(l.amount) as sum from incentives_ledgerentry e
join incentives_ledgerline l on l.operator_id = e.operator_id and l.entry_id in (e.id, e.reverses_id)
where e.operator_id = %(op)s and e.reverses_id is not null group by 1, 2 having sum(l.amount) <> 0""",
    "lines of partners stand in their own accounts": """
select l.id as line from incentives_ledgerline l
join incentives_ledgeraccount a on a.operator_id = l.operator_id and a.id = l.account_id
where l.operator_id = %(op)s and a.kind = 'payable' and a.partner_id is distinct from l.partner_id""",
    "statements add up": f"""
select s.number, s.net, sum(l.amount) as lines from incentives_statement s
join incentives_statementline l on l.operator_id = s.operator_id and l.statement_id = s.id
where s.operator_id = %(op)s and {_APPROVED} group by s.id, s.number, s.net
having sum(l.amount) <> s.net
  or s.net <> s.opening + s.earned + s.adjusted + s.clawed_back + s.held + s.tax""",
    "balances are carried from statement to statement": """
select number, opening, before from (
  select s.number, s.opening, s.state,
    coalesce(lag(s.closing) over (partition by r."group", s.partner_id order by s.id), 0) as before
  from incentives_statement s join incentives_settlementrun r on r.operator_id = s.operator_id and r.id = s.run_id
  where s.operator_id = %(op)s and s.state in ('approved', 'paid')) x where opening <> before""",
    "accruals are settled once": """
select f.accrual_id as accrual, f.amount, l.settled from (
  select distinct on (f.accrual_id) f.accrual_id, f.amount from incentives_frozenaccrual f
  join incentives_settlementrun r on r.operator_id = f.operator_id and r.id = f.run_id
  where f.operator_id = %(op)s and r.state in ('approved', 'paid_out', 'closed')
  order by f.accrual_id, r.frozen_at desc) f
left join (
  select l.accrual_id, sum(l.amount) as settled from incentives_statementline l
  join incentives_statement s on s.operator_id = l.operator_id and s.id = l.statement_id
  where l.operator_id = %(op)s and l.kind in ('earned', 'late', 'clawback') and s.state in ('approved', 'paid')
  group by 1) l on l.accrual_id = f.accrual_id
where f.amount <> coalesce(l.settled, 0)""",
    "runs approved their exact total": f"""
select r."group", r.period, r.total, coalesce(sum(s.net), 0) as statements from incentives_settlementrun r
left join incentives_statement s on s.operator_id = r.operator_id and s.run_id = r.id and {_APPROVED}
where r.operator_id = %(op)s and r.state in ('approved', 'paid_out', 'closed') group by r.id, 1, 2, 3
having r.total <> coalesce(sum(s.net), 0)""",
    "held lines are counted once": """
select l.id as line, l.amount, h.held from incentives_statementline l
join lateral (select coalesce(sum(h.amount), 0) as held from incentives_statementline h
  where h.operator_id = l.operator_id and h.corrects_id = l.id and h.kind = 'hold') h on true
where l.operator_id = %(op)s and l.kind <> 'hold' and l.hold_id is not null and l.kind <> 'release'
  and h.held <> -l.amount""",
    "statements = ledger": f"""
select coalesce(m.partner_id, o.partner_id) as partner, coalesce(m.currency, o.currency) as currency,
  m.moved, o.owed, p.paid
from ({_MOVED}) m full join ({_OWED}) o on o.partner_id = m.partner_id and o.currency = m.currency
left join ({_PAID}) p on p.partner_id = coalesce(m.partner_id, o.partner_id)
  and p.currency = coalesce(m.currency, o.currency)
where coalesce(m.moved, 0) * %(unit)s <> coalesce(o.owed, 0) + coalesce(p.paid, 0)""",
    "ledger = payments and balances": f"""
select coalesce(o.partner_id, w.partner_id, c.partner_id) as partner, o.owed, w.waiting, c.closing
from ({_OWED}) o full join ({_WAITING}) w on w.partner_id = o.partner_id and w.currency = o.currency
full join ({_CLOSING}) c on c.partner_id = coalesce(o.partner_id, w.partner_id)
  and c.currency = coalesce(o.currency, w.currency)
where coalesce(o.owed, 0) <> coalesce(w.waiting, 0) + coalesce(c.closing, 0) * %(unit)s""",
    "payments = paid account": """
select coalesce(x.paid, 0) as payments, coalesce(y.paid, 0) as ledger from
  (select sum(amount) as paid from incentives_payment where operator_id = %(op)s and state = 'paid') x,
  (select -sum(l.amount) as paid from incentives_ledgerline l join incentives_ledgeraccount a
     on a.operator_id = l.operator_id and a.id = l.account_id
   where l.operator_id = %(op)s and a.kind = 'paid') y
where coalesce(x.paid, 0) <> coalesce(y.paid, 0)""",
}
_COUNTS = """
select (select count(*) from incentives_ledgerentry where operator_id = %(op)s) as entries,
  (select count(*) from incentives_ledgerline where operator_id = %(op)s) as lines,
  (select count(*) from incentives_statement where operator_id = %(op)s) as statements,
  (select count(*) from incentives_payment where operator_id = %(op)s) as payments
"""


@dataclass
class Report:
    """``checked``: how many rows there are; ``problems``: the first rows that break an invariant, with its name."""

    checked: dict[str, int] = field(default_factory=dict)
    invariants: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)


def check_ledger(actor: Actor) -> Report:
    """Ask every invariant of the active operator."""
    actor.require(Permission.VIEW_LEDGER)
    params = {"op": actor.operator.pk, "unit": 10 ** exponent(actor.operator.currency)}
    report = Report(checked=_rows(_COUNTS, params)[0], invariants=len(QUERIES))
    for name, query in QUERIES.items():
        for row in _rows(query, params)[:_EXAMPLES]:
            report.problems.append({"invariant": name, **row})
    return report


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
