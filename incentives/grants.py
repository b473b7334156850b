"""What is no money at once: benefits that were granted, and marketing funds that were accrued."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Max, Sum

from formula import round_money
from incentives.accrual.ceilings import has_ceiling
from incentives.accrual.claims import LINE_FIELDS, Line, line_claims
from incentives.accrual.counted import counted_lines, today_of
from incentives.enums import Ceiling, SchemeKind
from incentives.models import Accrual, AccrualLine, BenefitUse, BudgetCut, SchemeVersion
from incentives.selectors import accruals_for
from partners.models import Partner, Rep
from programs.enums import BenefitKind
from programs.expertdays import grant_days
from programs.granted import Granted
from tenancy.actors import Actor

ZERO = Decimal(0)
#: Scheme, partner and rep.
Beneficiary = tuple[int, int, int | None]
#: Benefits whose use people write down: those that carry a scheme's name, and seats, which nothing in the product books.
WRITTEN_DOWN = ("", str(BenefitKind.EVENT_SEATS.value))


@dataclass(frozen=True, slots=True)
class Grant:
    """A benefit that a partner (or rep) was granted: how many, on which day and until when they can be used."""

    version: SchemeVersion
    partner: Partner
    rep: Rep | None
    quantity: Decimal
    granted_on: date
    expires_on: date | None

    @property
    def beneficiary(self) -> Beneficiary:
        return self.version.scheme_id, self.partner.pk, self.rep.pk if self.rep else None

    def valid_on(self, day: date) -> bool:
        return self.expires_on is None or day <= self.expires_on


def grants(actor: Actor) -> list[Grant]:
    """Benefits that the actor may see, newest first; what was taken back is gone."""
    visible = accruals_for(actor).filter(version__scheme__kind=SchemeKind.BENEFIT).order_by()
    places = list(visible.values_list("version_id", "partner_id", "rep_id").distinct())
    allowed = {(version, partner, rep) for version, partner, rep in places}
    versions = SchemeVersion.objects.select_related("scheme", "operator").filter(
        pk__in={place[0] for place in places}
    )
    found = [
        grant
        for version in versions
        for grant in granted_by(version, {place[1] for place in places if place[0] == version.pk})
        if (version.pk, grant.partner.pk, grant.rep.pk if grant.rep else None) in allowed
    ]
    return sorted(found, key=lambda each: (each.granted_on, each.partner.code), reverse=True)


@dataclass(frozen=True, slots=True)
class Held:
    """What one beneficiary can use of a benefit today, and the first day after which some of it is lost. ``quantity`` is
    what is left of the valid grants, and ``used`` what was used of all."""

    version: SchemeVersion
    partner: Partner
    rep: Rep | None
    quantity: Decimal
    first_end: date | None
    used: Decimal = ZERO

    @property
    def usable(self) -> bool:
        """Whether people write down what is used: nothing else counts it."""
        return self.version.benefit in WRITTEN_DOWN


def held_of(found: Iterable[Grant], today: date) -> list[Held]:
    """The valid ones of these grants less what was used, added up per benefit and beneficiary in their order."""
    groups: dict[Beneficiary, list[Grant]] = defaultdict(list)
    for grant in found:
        groups[grant.beneficiary].append(grant)
    uses = _uses({key[1] for key in groups})
    return [
        Held(
            valid[0].version,
            valid[0].partner,
            valid[0].rep,
            sum((row.quantity for row in after_use(rows, uses.get(key, ())) if row.valid_on(today)), ZERO),
            min((row.expires_on for row in valid if row.expires_on), default=None),
            sum((use.quantity for use in uses.get(key, ())), ZERO),
        )
        for key, rows in groups.items()
        if (valid := [row for row in rows if row.valid_on(today)])
    ]


def _uses(partner_ids: Collection[int]) -> dict[Beneficiary, list[BenefitUse]]:
    found: dict[Beneficiary, list[BenefitUse]] = defaultdict(list)
    rows = BenefitUse.objects.filter(partner_id__in=partner_ids, undone_at=None)
    for row in rows.order_by("day", "pk"):
        found[row.scheme_id, row.partner_id, row.rep_id].append(row)
    return found


def after_use(rows: Iterable[Grant], uses: Iterable[BenefitUse]) -> list[Grant]:
    """What is left of each grant of one beneficiary: a use takes from those that were valid on its day, the first to end first.

    What was taken back after it was used is not owed: it takes from nothing else.
    """
    left = sorted(rows, key=lambda row: (row.expires_on or date.max, row.granted_on))
    for use in uses:
        wanted = use.quantity
        for place, row in enumerate(left):
            if row.granted_on <= use.day and row.valid_on(use.day):
                taken = min(row.quantity, wanted)
                left[place], wanted = replace(row, quantity=row.quantity - taken), wanted - taken
    return left


def granted_by(version: SchemeVersion, partner_ids: Collection[int]) -> list[Grant]:
    """What ``version`` granted these partners and their reps, transaction by transaction, after cap and budget.

    Together it is what the accruals say, to the piece: each transaction's part is what it moves the rounded sum by.
    """
    today = today_of(version.operator)
    rows = counted_lines([version], today).filter(partner_id__in=partner_ids)
    days: dict[int, date] = {}
    lines: list[Line] = []
    for *fields, day, release in rows.values_list(*LINE_FIELDS, "credit__day", "release_on"):
        lines.append(Line(*fields))
        days[lines[-1].pk] = release or day
    lines.sort(key=lambda line: line.order)
    sums: dict[_Origin, list[Any]] = {}
    for line, pieces in _pieces(version, lines):
        origin = _Origin(line.partner_id, line.rep_id, line.source, line.reverses or line.external_id)
        found = sums.setdefault(origin, [ZERO, days[line.pk]])
        found[0] += pieces
        found[1] = min(found[1], days[line.pk])
    partners = Partner.objects.in_bulk({origin.partner_id for origin in sums})
    reps = Rep.objects.in_bulk({origin.rep_id for origin in sums if origin.rep_id})
    end = timedelta(days=version.valid_days) if version.valid_days is not None else None
    return [
        Grant(
            version,
            partners[origin.partner_id],
            reps.get(origin.rep_id or 0),
            quantity,
            day,
            day + end if end is not None else None,
        )
        for origin, (quantity, day) in sums.items()
        if quantity > 0 and origin.partner_id in partners
    ]


class _Origin(NamedTuple):
    """A transaction of one beneficiary, with all that takes it back."""

    partner_id: int
    rep_id: int | None
    source: str
    reference: str


def _pieces(version: SchemeVersion, lines: Sequence[Line]) -> Iterator[tuple[Line, Decimal]]:
    """Whole pieces of each line: after the cap, and what the budget's ceiling left."""
    wanted = {claim.key: claim.wanted for claim in line_claims(version, lines)}
    shares: dict[Any, Decimal] = {}
    if has_ceiling(version) and version.at_ceiling == Ceiling.PRO_RATA:
        rows = Accrual.objects.filter(version=version, wanted__gt=0)
        for period, partner_id, rep_id, amount, want in rows.values_list(
            "period", "partner_id", "rep_id", "amount", "wanted"
        ):
            shares[period, partner_id, rep_id] = amount / want
    elif has_ceiling(version):
        cuts = BudgetCut.objects.filter(version=version, line_id__in=list(wanted))
        wanted |= dict(cuts.values_list("line_id", "granted"))
    running: dict[Any, Decimal] = defaultdict(Decimal)
    for line in lines:
        before = running[line.slot]
        running[line.slot] = before + wanted[line.pk] * shares.get(line.slot, Decimal(1))
        yield line, _whole(version, running[line.slot]) - _whole(version, before)


def _whole(version: SchemeVersion, value: Decimal) -> Decimal:
    return round_money(value, 0, version.rounding)


def benefits_granted(partner_ids: Collection[int], kinds: Collection[str]) -> Iterator[Granted]:
    """For ``programs.granted``: what schemes granted of the benefits of tiers and can be used today."""
    versions = SchemeVersion.objects.filter(published_at__isnull=False, scheme__kind=SchemeKind.BENEFIT)
    versions = versions.filter(benefit__in=list(kinds)) if kinds else versions.exclude(benefit="")
    for version in versions.select_related("scheme", "operator").order_by("pk"):
        today = today_of(version.operator)
        for grant in _left(version, partner_ids):
            if grant.valid_on(today) and grant.quantity > 0:
                name = str(version.scheme.label())
                yield Granted(
                    grant.partner.pk,
                    version.benefit,
                    grant.quantity,
                    name,
                    grant.granted_on,
                    grant.expires_on,
                )


def _left(version: SchemeVersion, partner_ids: Collection[int]) -> list[Grant]:
    """The grants of a version less what was used of them."""
    groups: dict[Beneficiary, list[Grant]] = defaultdict(list)
    for grant in granted_by(version, partner_ids):
        groups[grant.beneficiary].append(grant)
    uses = _uses(partner_ids) if version.benefit in WRITTEN_DOWN else {}
    return [row for key, rows in groups.items() for row in after_use(rows, uses.get(key, ()))]


def renew_days(actor: Actor, credit_ids: Sequence[int] = (), versions: Collection[int] = ()) -> int:
    """Bring the balances of expert days up to date that these transactions (or versions) may have moved."""
    known = SchemeVersion.objects.filter(benefit=BenefitKind.EXPERT_DAYS, published_at__isnull=False)
    ids = list((known.filter(pk__in=versions) if versions else known).values_list("pk", flat=True))
    if not ids:
        return 0
    lines = AccrualLine.objects.filter(version_id__in=ids)
    if not versions:
        lines = lines.filter(credit_id__in=list(credit_ids))
    partners = sorted(set(lines.values_list("partner_id", flat=True)))
    return grant_days(actor, partners, today_of(actor.operator)) if partners else 0


@dataclass(frozen=True, slots=True)
class Fund:
    """Marketing money that a partner has accrued, and when that last changed."""

    partner: Partner
    accrued: Decimal
    as_of: Any


def funds(actor: Actor) -> list[Fund]:
    """The marketing funds that the actor may see, the largest first."""
    rows = (
        accruals_for(actor)
        .filter(version__scheme__kind=SchemeKind.MDF)
        .order_by()
        .values("partner_id")
        .annotate(total=Sum("amount"), newest=Max("as_of"))
    )
    listed = list(rows)
    partners = Partner.objects.in_bulk({row["partner_id"] for row in listed})
    found = [
        Fund(partners[row["partner_id"]], row["total"], row["newest"])
        for row in listed
        if row["partner_id"] in partners
    ]
    return sorted(found, key=lambda fund: (-fund.accrued, fund.partner.code))


def fund_balance(actor: Actor, partner_id: int) -> Decimal:
    """What one partner's marketing fund has accrued."""
    return next((fund.accrued for fund in funds(actor) if fund.partner.pk == partner_id), Decimal(0))
