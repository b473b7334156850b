"""Who is certified in what, on a day: what tiers, specialisations and coverage count. Works in the worker's or staff's scope."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from programs.enums import CertificateState
from programs.models import Certificate
from programs.training.numbers import requirements_most

Holders = dict[str, set[int]]
#: States of certificates that have not counted at all.
NEVER = (CertificateState.PLANNED, CertificateState.IN_TRAINING, CertificateState.REVOKED)


def counting(partner_ids: Collection[int], on: date) -> QuerySet[Certificate]:
    """The certificates that count on ``on``: passed by then, not over with their grace, the person there or just gone."""
    found: QuerySet[Certificate] = Certificate.objects.filter(partner_id__in=partner_ids, passed_on__lte=on)
    return found.filter(
        Q(counts_until=None) | Q(counts_until__gte=on),
        Q(member__active=True) | Q(replace_until__gte=on),
    ).exclude(state__in=NEVER)


def certificates_held(partner_ids: Collection[int], on: date, certification: str = "") -> dict[int, Decimal]:
    """Partner -> how many certificates it holds, of one ``certification`` or of all; a partner without any is left out.

    A person counts once per certification, and of all certifications with as many as requirements may count a person in.
    """
    most = requirements_most()
    found: dict[int, Decimal] = {}
    for partner_id, holders in certified(partner_ids, on, certification).items():
        per_person: dict[int, int] = defaultdict(int)
        for people in holders.values():
            for person in people:
                per_person[person] += 1
        found[partner_id] = Decimal(sum(min(number, most) for number in per_person.values()))
    return found


def certified(partner_ids: Collection[int], on: date, certification: str = "") -> dict[int, Holders]:
    """Partner -> certification's code -> people (members) who hold it."""
    rows = counting(partner_ids, on)
    if certification:
        rows = rows.filter(certification__code=certification)
    found: dict[int, Holders] = defaultdict(lambda: defaultdict(set))
    for partner_id, code, member_id in rows.values_list("partner_id", "certification__code", "member_id"):
        found[partner_id][code].add(member_id)
    return {partner_id: dict(holders) for partner_id, holders in found.items()}


def holders_of(partner_ids: Collection[int], on: date) -> dict[int, dict[int | None, set[int]]]:
    """Partner -> certification's id -> people (members) who hold it; ``None`` stands for any certification."""
    found: dict[int, dict[int | None, set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = counting(partner_ids, on).values_list("partner_id", "certification_id", "member_id")
    for partner_id, certification_id, member_id in rows:
        found[partner_id][certification_id].add(member_id)
        found[partner_id][None].add(member_id)
    return {partner_id: dict(holders) for partner_id, holders in found.items()}
