"""What is no money at once: benefits that were granted, and marketing funds that were accrued."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Max, QuerySet, Sum

from incentives.accrual.counted import counted_lines, today_of
from incentives.enums import SchemeKind
from incentives.models import Accrual, AccrualLine, SchemeVersion
from incentives.selectors import accruals_for
from partners.models import Partner, Rep
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Grant:
    """A benefit that a partner (or rep) was granted: how many, on which day and until when they can be used."""

    version: SchemeVersion
    partner: Partner
    rep: Rep | None
    quantity: Decimal
    granted_on: date
    expires_on: date | None

    def valid_on(self, day: date) -> bool:
        return self.expires_on is None or day <= self.expires_on


def grants(actor: Actor) -> list[Grant]:
    """Benefits that the actor may see, newest first; what was taken back is gone."""
    visible = accruals_for(actor).filter(version__scheme__kind=SchemeKind.BENEFIT)
    versions = SchemeVersion.objects.select_related("scheme").filter(
        pk__in=visible.order_by().values("version_id")
    )
    found: list[Grant] = []
    for version in versions:
        found += _grants_of(actor, version, visible)
    return sorted(found, key=lambda each: (each.granted_on, each.partner.code), reverse=True)


def _grants_of(actor: Actor, version: SchemeVersion, visible: QuerySet[Accrual]) -> list[Grant]:
    mine = visible.filter(version=version).order_by().values("partner_id", "rep_id")
    lines: QuerySet[AccrualLine] = counted_lines([version], today_of(actor.operator))
    rows = lines.filter(partner_id__in=[row["partner_id"] for row in mine]).values(
        "partner_id", "rep_id", source=F("credit__source"), reference=F("credit__external_id"),
        back=F("credit__reverses"), quantity=F("exact"), on=F("credit__day"),
    )  # fmt: skip
    sums: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows:
        key = (row["partner_id"], row["rep_id"], row["source"], row["back"] or row["reference"])
        found = sums.setdefault(key, [Decimal(0), row["on"]])
        found[0] += row["quantity"]
        found[1] = min(found[1], row["on"])
    partners = Partner.objects.in_bulk({key[0] for key in sums})
    reps = Rep.objects.in_bulk({key[1] for key in sums if key[1]})
    allowed = {(row["partner_id"], row["rep_id"]) for row in mine}
    end = timedelta(days=version.valid_days) if version.valid_days is not None else None
    return [
        Grant(version, partners[key[0]], reps.get(key[1]), quantity, day, day + end if end else None)
        for key, (quantity, day) in sums.items()
        if quantity > 0 and key[:2] in allowed and key[0] in partners
    ]


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
