"""Budgets with a ceiling: given out anew whenever what their versions owe has changed, under one lock.

The lock comes before any accrual is locked, so that two evaluations of an operator never wait for each other in a circle.
Operators without such schemes pay one query on an empty table.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db import connection
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incentives.accrual.claims import LINE_FIELDS, Line, line_claims, period_claims
from incentives.accrual.counted import counted_lines, today_of
from incentives.accrual.limits import ZERO, rounded, with_budget
from incentives.accrual.store import batched, to_json
from incentives.accrual.versions import Rules
from incentives.budget import Claim, first_come, levels_passed, pro_rata
from incentives.enums import Ceiling
from incentives.models import Accrual, BudgetCut, BudgetUse, SchemeVersion
from tenancy.enums import Permission
from tenancy.models import Operator
from workflow.enums import Urgency
from workflow.notices import declare, notify, staff

WARNED = declare(
    "incentives.budget",
    Urgency.ACTION,
    _("%(share)s %% of the budget of “%(scheme)s” is used."),
)
CHUNK = 2000


def has_ceiling(version: SchemeVersion) -> bool:
    """Whether the budget limits what is owed."""
    return version.budget is not None and version.at_ceiling != Ceiling.WATCH


def ceiling_of(version: SchemeVersion, use: BudgetUse) -> Decimal:
    """The budget with what was approved on top."""
    return (version.budget or ZERO) + use.extra


def hold() -> None:
    """Wait for everybody who gives out budget of this operator; they wait for this transaction."""
    list(BudgetUse.objects.select_for_update().order_by("pk").values_list("pk", flat=True))


def share_out(operator: Operator, touched: Mapping[int, Rules]) -> None:
    """Give out the budgets of the versions among these that have a ceiling. ``hold`` was called before."""
    limited = {pk: rules for pk, rules in touched.items() if has_ceiling(rules.version)}
    if not limited:
        return
    uses = {use.version_id: use for use in BudgetUse.objects.filter(version_id__in=limited)}
    for pk, rules in sorted(limited.items()):
        if pk in uses:
            _share_out(operator, rules, uses[pk])


def _share_out(operator: Operator, rules: Rules, use: BudgetUse) -> None:
    version = rules.version
    ceiling, was_limited = ceiling_of(version, use), use.granted < use.wanted
    wanted = Accrual.objects.filter(version=version).aggregate(total=Sum("wanted"))["total"] or ZERO
    use.wanted, use.granted = wanted, min(wanted, ceiling)
    if wanted > ceiling or was_limited:
        rows = list(Accrual.objects.filter(version=version).order_by("pk"))
        use.granted = _give(operator, rules, rows, ceiling)
    _warn(rules, use, ceiling)
    use.updated_at = timezone.now()
    use.save()


def _give(operator: Operator, rules: Rules, rows: list[Accrual], ceiling: Decimal) -> Decimal:
    """Write what each accrual gets; returns the sum."""
    version = rules.version
    granted, amounts = _parts(operator, rules, rows, ceiling)
    changed = []
    for row in rows:
        cuts = with_budget(row.cuts or [], row.wanted, granted[row.pk], version.at_ceiling)
        if (row.amount, row.cuts or []) != (amounts[row.pk], cuts):
            row.amount, row.cuts = amounts[row.pk], cuts
            changed.append(row)
    _save(changed)
    return sum(amounts.values(), ZERO)


def _parts(
    operator: Operator, rules: Rules, rows: list[Accrual], ceiling: Decimal
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """What each accrual gets, exactly and rounded."""
    version = rules.version
    if version.at_ceiling == Ceiling.PRO_RATA:
        granted = pro_rata([Claim(row.pk, (), row.wanted) for row in rows], ceiling)
    elif rules.scheme.scope == "transaction":
        granted = _by_lines(operator, version, rows, ceiling)
    else:
        granted = first_come(period_claims(operator, rows), ceiling)
    return granted, rounded_within(version, granted, ceiling, operator.currency)


def rounded_within(
    version: SchemeVersion, granted: Mapping[int, Decimal], ceiling: Decimal, currency: str
) -> dict[int, Decimal]:
    """What is granted, rounded; all of it down where the sum would pass the ceiling otherwise."""
    amounts = {pk: rounded(version, value, currency) for pk, value in granted.items()}
    if sum(amounts.values(), ZERO) > ceiling:
        amounts = {pk: rounded(version, value, currency, "down") for pk, value in granted.items()}
    return amounts


def amounts_of(operator: Operator, rules: Rules) -> dict[int, Decimal]:
    """Accrual id -> what the budget of these rules gives it, out of what all of them want; empty while there is enough."""
    use = BudgetUse.objects.filter(version=rules.version).first()
    rows = list(Accrual.objects.filter(version=rules.version).order_by("pk"))
    if use is None or sum((row.wanted for row in rows), ZERO) <= ceiling_of(rules.version, use):
        return {}
    return _parts(operator, rules, rows, ceiling_of(rules.version, use))[1]


_UPDATE = """
update incentives_accrual a set amount = v.amount, cuts = v.cuts, updated_at = now()
from jsonb_to_recordset(%s::jsonb) as v(id bigint, amount numeric, cuts jsonb)
where a.operator_id = (select app.op()) and a.id = v.id
"""


def _save(rows: list[Accrual]) -> None:
    for batch in batched(rows, CHUNK):
        values = [{"id": row.pk, "amount": row.amount, "cuts": row.cuts} for row in batch]
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, [to_json(values)])


def _by_lines(
    operator: Operator, version: SchemeVersion, rows: list[Accrual], ceiling: Decimal
) -> dict[int, Decimal]:
    """Transactions in the order in which they happened. Also marks the lines that the budget does not reach."""
    at = {(row.period, row.partner_id, row.rep_id): row.pk for row in rows}
    found = counted_lines([version], today_of(operator)).values_list(*LINE_FIELDS)
    lines = sorted((Line(*values) for values in found), key=lambda line: line.order)
    claims = line_claims(version, lines)
    granted = first_come(claims, ceiling)
    _mark(version, lines, claims, granted)
    sums = dict.fromkeys(at.values(), ZERO)
    for line in lines:
        if line.slot in at:
            sums[at[line.slot]] += granted[line.pk]
    return sums


def _mark(
    version: SchemeVersion,
    lines: Iterable[Line],
    claims: Iterable[Claim[int]],
    granted: Mapping[int, Decimal],
) -> None:
    by_pk = {line.pk: line for line in lines}
    cut = {claim.key: granted[claim.key] for claim in claims if granted[claim.key] != claim.wanted}
    known = dict(BudgetCut.objects.filter(version=version).values_list("line_id", "granted"))
    stale = [pk for pk, amount in known.items() if cut.get(pk) != amount]
    if stale:
        BudgetCut.objects.filter(version=version, line_id__in=stale).delete()
    made = [pk for pk, amount in cut.items() if known.get(pk) != amount]
    BudgetCut.objects.bulk_create(
        [
            BudgetCut(
                version=version,
                line_id=pk,
                partner_id=by_pk[pk].partner_id,
                rep_id=by_pk[pk].rep_id,
                granted=cut[pk],
            )
            for pk in made
        ],
        batch_size=CHUNK,
    )


def _warn(rules: Rules, use: BudgetUse, ceiling: Decimal) -> None:
    """Tell programme managers and finance once per level that is passed."""
    level = levels_passed(use.wanted, ceiling, rules.version.warn_at or [])
    if level > use.warned:
        scheme = rules.scheme
        notify(
            WARNED,
            rules.version,
            to=staff(Permission.APPROVE_SCHEMES),
            path=f"/schemes/{scheme.code}/",
            key=f"{level}",
            share=level,
            scheme=scheme.name,
        )
    use.warned = level if level > use.warned else use.warned
