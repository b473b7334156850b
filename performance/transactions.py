"""Reads of credits that stay fast with millions of them: a partner's newest ones, pages by place, a period's mix."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from catalog.models import Customer, Family
from common.periods import Period
from partners.models import Partner, Rep
from performance.models import Credit
from tenancy.actors import Actor
from tenancy.enums import Audience, Permission, Role
from tenancy.scope import scope

#: Kinds whose amount is a value of business; the amount of others is a score or nothing.
WITHOUT_VALUE = ("satisfaction", "training", "certificate", "joined")


def own_reps(actor: Actor) -> list[int] | None:
    """The ids of the reps that a seller's login sells as; ``None`` for everybody else, who is not narrowed to any."""
    if actor.role != Role.PARTNER_SELLER:
        return None
    return list(Rep.objects.filter(membership_id=actor.membership_id).values_list("pk", flat=True))


def credits_for(actor: Actor) -> QuerySet[Credit]:
    """Credits that the actor may see, with partner, rep and product; a seller sees the own ones."""
    actor.require(Permission.VIEW_TRANSACTIONS)
    found: QuerySet[Credit] = Credit.objects.select_related("partner", "rep", "product")
    reps = own_reps(actor)
    return found if reps is None else found.filter(partner_id=actor.partner_id or 0, rep_id__in=reps)


def newest_credits(
    actor: Actor, partner_id: int, *, reps: Collection[int] | None = None, most: int = 8
) -> list[Credit]:
    """The newest credits of one partner with their products, by the index on its days; ``reps`` narrows to some reps."""
    found = credits_for(actor).select_related(None).select_related("product").filter(partner_id=partner_id)
    if reps is not None:
        found = found.filter(rep_id__in=reps)
    return list(found.order_by("-day", "-pk")[:most])


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of credits is narrowed to. ``start`` and ``end`` are days, ``end`` not included."""

    partner_id: int | None = None
    product_id: int | None = None
    kind: str = ""
    source: str = ""
    start: date | None = None
    end: date | None = None

    @property
    def by_day(self) -> bool:
        """Whether the list goes by day (over the index of each partner's days) or by arrival."""
        return self.partner_id is not None or self.start is not None


Place = tuple[date, int]


def page_of_credits(
    actor: Actor, asked: Asked, *, before: Place | None = None, most: int = 50
) -> tuple[list[Credit], bool]:
    """Up to ``most`` credits older than the place ``before`` (day, id), newest first; and whether there are more.

    With a partner or days they go by day, else by arrival, so that an index leads to each page however many there are.
    """
    found = credits_for(actor).filter(_narrowed(actor, asked))
    if before and asked.by_day:
        found = found.filter(day__lte=before[0]).filter(Q(day__lt=before[0]) | Q(pk__lt=before[1]))
    elif before:
        found = found.filter(pk__lt=before[1])
    rows = list(found.order_by(*(("-day", "-pk") if asked.by_day else ("-pk",)))[: most + 1])
    return rows[:most], len(rows) > most


def _narrowed(actor: Actor, asked: Asked) -> Q:
    given: dict[str, Any] = {
        "partner_id": asked.partner_id,
        "product_id": asked.product_id,
        "kind": asked.kind or None,
        "source": asked.source or None,
        "day__gte": asked.start,
        "day__lt": asked.end,
    }
    condition = Q(**{name: value for name, value in given.items() if value is not None})
    if asked.partner_id is None and (asked.by_day or actor.is_partner):
        # Naming the partners lets the index on a partner's days answer for days alone.
        condition &= Q(partner_id__in=list(Partner.objects.values_list("pk", flat=True)))
    return condition


def customer_names(actor: Actor, customer_ids: Iterable[int | None]) -> dict[int, str]:
    """Names of customers by id. The caller shows them beside credits that the actor may see: partners cannot list
    customers, but they know those of their own transactions."""
    actor.require(Permission.VIEW_TRANSACTIONS)
    ids = {pk for pk in customer_ids if pk}
    if not ids:
        return {}
    if not actor.is_partner:
        return {customer.pk: str(customer) for customer in Customer.objects.filter(pk__in=ids)}
    with scope(actor.operator.pk, Audience.OPERATOR):
        return {customer.pk: str(customer) for customer in Customer.objects.filter(pk__in=ids)}


def family_mix(
    actor: Actor, partner_id: int, period: Period, *, reps: Collection[int] | None = None
) -> list[tuple[str, Decimal]]:
    """The value of one partner's business in one period by product family, largest first. Reads those lines only."""
    found = credits_for(actor).filter(partner_id=partner_id, day__gte=period.start, day__lt=period.end)
    if reps is not None:
        found = found.filter(rep_id__in=reps)
    rows = (
        found.exclude(kind__in=WITHOUT_VALUE)
        .order_by()
        .values(family=Coalesce(F("product__family_id"), 0))
        .annotate(total=Sum("amount"))
    )
    totals = {row["family"]: row["total"] for row in rows if row["total"]}
    names = {family.pk: str(family) for family in Family.objects.filter(pk__in=totals)}
    mix = [(names.get(pk, ""), Decimal(total)) for pk, total in totals.items()]
    return sorted(mix, key=lambda item: (-item[1], item[0]))


def kinds_and_sources(actor: Actor) -> tuple[list[str], list[str]]:
    """The kinds and sources that the newest thousand credits have: choices of a filter, found without a scan."""
    newest = credits_for(actor).select_related(None).order_by("-pk").values_list("kind", "source")
    if actor.is_partner:
        newest = newest.order_by("-day", "-pk").filter(partner_id=actor.partner_id or 0)
    rows = list(newest[:1000])
    return sorted({kind for kind, _ in rows}), sorted({source for _, source in rows})
