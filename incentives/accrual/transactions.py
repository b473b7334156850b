"""Transaction schemes: SPIFFs for each credit, summed per beneficiary and period."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Max, QuerySet, Sum

from common.periods import period_of
from formula import FormulaRuntimeError, Inputs, inputs_to_json
from incentives.accrual import store
from incentives.accrual.asthen import profiles_then
from incentives.accrual.eligibility import LINE_KEYS, Profile, is_eligible
from incentives.accrual.readings import profiles
from incentives.accrual.result import Outcome, payable, text
from incentives.accrual.store import Slot, batched
from incentives.accrual.versions import Rules, for_day, published_rules
from incentives.enums import Payee
from incentives.models import Accrual, AccrualLine
from performance.models import Credit
from tenancy.actors import Actor
from tenancy.models import Operator

CHUNK = 5000
_INSERT = """
insert into incentives_accrualline
  (operator_id, version_id, credit_id, partner_id, rep_id, period, exact, components, inputs)
select (select app.op()), v.version_id, v.credit_id, v.partner_id, v.rep_id, v.period, v.exact, v.components, v.inputs
from jsonb_to_recordset(%s::jsonb) as v(
  version_id bigint, credit_id bigint, partner_id bigint, rep_id bigint, period text, exact numeric, components jsonb,
  inputs jsonb)
on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Earned:
    """What one credit earned under one version."""

    slot: Slot
    credit_id: int
    exact: Decimal
    components: list[dict[str, Any]]
    inputs: dict[str, Any]


def evaluate_credits(actor: Actor, credit_ids: Sequence[int]) -> int:
    """Evaluate these credits under every transaction scheme; returns how many lines were earned. Again is no harm."""
    schemes = published_rules(actor.operator, "transaction")
    if not schemes:
        return 0
    earned = 0
    for batch in batched(sorted(credit_ids), CHUNK):
        earned += _evaluate(actor.operator, schemes, credits_with_codes(batch))
    return earned


def credits_with_codes(ids: Iterable[int]) -> QuerySet[Credit]:
    """Credits with everything that a transaction formula may ask for."""
    related = ("product__family", "segment", "customer__segment", "territory")
    found: QuerySet[Credit] = Credit.objects.filter(pk__in=list(ids)).select_related(*related).order_by("pk")
    return found


def _evaluate(operator: Operator, schemes: Mapping[int, Sequence[Rules]], credits: QuerySet[Credit]) -> int:
    rows = list(credits)
    known = profiles_then(rows, profiles({credit.partner_id for credit in rows}))
    lines = [line for credit in rows for line in _earned(operator, schemes, credit, known[credit.pk])]
    if not lines:
        return 0
    rules = {each.version.pk: each for versions in schemes.values() for each in versions}
    accruals = store.lock({line.slot for line in lines})
    _insert(lines)
    _sum_up(operator, accruals, rules)
    return len(lines)


def _earned(
    operator: Operator, schemes: Mapping[int, Sequence[Rules]], credit: Credit, profile: Profile
) -> Iterator[Earned]:
    for versions in schemes.values():
        rules = for_day(versions, credit.day)
        if rules is None or (rules.scheme.payee == Payee.REP and credit.rep_id is None):
            continue
        eligibility = rules.version.eligibility
        facts = line_facts(credit)
        if not is_eligible(eligibility, profile) or not line_fits(eligibility, facts):
            continue
        yield earn(operator, rules, credit, profile, facts)


def earn(
    operator: Operator, rules: Rules, credit: Credit, profile: Profile, facts: Mapping[str, str]
) -> Earned:
    """What ``credit`` earns. A row that takes something back earns the negative of what it takes back would have."""
    period = period_of(credit.day, rules.scheme.period, operator.days, operator.fiscal_start_month)  # type: ignore[arg-type]
    slot = Slot(
        rules.version.pk,
        period.code,
        credit.partner_id,
        credit.rep_id if rules.scheme.payee == Payee.REP else None,
    )
    back = -1 if is_taken_back(credit) else 1
    since = credit.customer.since if credit.customer else None
    known: dict[str, Any] = {
        "amount": credit.amount * back,
        "margin": (credit.margin or Decimal(0)) * back,
        "quantity": credit.quantity * back,
        "share": credit.share,
        "new_customer": since is not None and period.contains(since),
        "tier": profile.tier,
        "role": profile.roles[0] if profile.roles else "",
        **facts,
    }
    inputs = Inputs(context={name: known[name] for name in rules.program.context})
    try:
        trace = rules.program.trace(inputs)
    except FormulaRuntimeError as error:
        failed = [{"label": "", "amount": "0", "error": error.code}]
        return Earned(slot, credit.pk, Decimal(0), failed, inputs_to_json(inputs))
    components = [{"label": label, "amount": text(amount * back)} for label, amount in trace.amounts.items()]
    return Earned(slot, credit.pk, trace.result * back, components, inputs_to_json(inputs))


def is_taken_back(credit: Credit) -> bool:
    """Whether the row takes back (part of) an earlier one."""
    return takes_back(credit.sign, credit.position, credit.amount)


def takes_back(sign: int, position: int, amount: Decimal) -> bool:
    """The same of the numbers alone."""
    return sign < 0 or position < 0 or (sign == 0 and amount < 0)


def line_facts(credit: Credit) -> dict[str, str]:
    """The codes of a credit as formulas and eligibility see them."""
    segment = credit.segment or (credit.customer.segment if credit.customer else None)
    return {
        "kind": credit.kind,
        "product": credit.product.code if credit.product else "",
        "family": credit.product.family.code if credit.product else "",
        "layer": credit.product.family.layer if credit.product else "",
        "segment": segment.code if segment else "",
        "territory": credit.territory.code if credit.territory else "",
        "engagement_model": credit.engagement_model,
        "contribution": credit.contribution,
    }


_FACT_OF = dict(
    zip(
        LINE_KEYS,
        ("kind", "product", "family", "layer", "segment", "engagement_model", "contribution"),
        strict=True,
    )
)


def line_fits(eligibility: Mapping[str, Any], facts: Mapping[str, str]) -> bool:
    """Whether the transaction fits every list that is given."""
    return all(not eligibility.get(key) or facts[_FACT_OF[key]] in eligibility[key] for key in LINE_KEYS)


def _insert(lines: Sequence[Earned]) -> None:
    for batch in batched(lines, CHUNK):
        values = [
            {
                **line.slot._asdict(),
                "credit_id": line.credit_id,
                "exact": str(line.exact),
                "components": line.components,
                "inputs": line.inputs,
            }
            for line in batch
        ]
        with connection.cursor() as cursor:
            cursor.execute(_INSERT, [json.dumps(values)])


def _sum_up(operator: Operator, accruals: Mapping[Slot, Accrual], rules: Mapping[int, Rules]) -> None:
    """Set each accrual to the sum of its lines, rounded once."""
    sums = AccrualLine.objects.filter(
        version_id__in={slot.version_id for slot in accruals},
        period__in={slot.period for slot in accruals},
        partner_id__in={slot.partner_id for slot in accruals},
    ).values("version_id", "period", "partner_id", "rep_id")
    changed = []
    for row in sums.annotate(exact=Sum("exact"), n=Count("pk"), newest=Max("credit__received_at")):
        slot = Slot(row["version_id"], row["period"], row["partner_id"], row["rep_id"])
        if slot in accruals:
            changed.append(
                _summed(
                    operator, accruals[slot], rules[slot.version_id], row["exact"], row["n"], row["newest"]
                )
            )
    store.save(changed)


def _summed(
    operator: Operator, accrual: Accrual, rules: Rules, exact: Decimal, lines: int, newest: datetime
) -> Accrual:
    amount = payable(rules.version, exact, operator.currency)
    accrual.lines, accrual.as_of = lines, newest
    total = [{"label": "", "amount": text(exact)}]
    return store.put(accrual, Outcome(exact, amount, total, {}, []), rules.program.digest)
