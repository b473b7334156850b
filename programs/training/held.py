"""Who is certified in what, on a day: what tiers, specialisations and coverage count. Works in the worker's or staff's scope."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
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


def counted(needs: Mapping[str, int], holders: Mapping[str, Iterable[int]], most: int) -> dict[str, int]:
    """How far ``needs`` (certification -> people) can be met when one person counts in at most ``most`` of them.

    The best that can be had altogether: people are moved between needs along augmenting paths.
    """
    placed: dict[str, set[int]] = {code: set() for code in needs}
    load: dict[int, int] = defaultdict(int)

    def place(code: str, seen: set[tuple[str, int]]) -> bool:
        for person in sorted(set(holders.get(code, ())) - placed[code]):
            if (code, person) in seen:
                continue
            seen.add((code, person))
            if load[person] < most or _freed(person, seen):
                placed[code].add(person)
                load[person] += 1
                return True
        return False

    def _freed(person: int, seen: set[tuple[str, int]]) -> bool:
        """Have somebody else stand in for ``person`` at one of its places."""
        for other in [code for code, people in placed.items() if person in people]:
            placed[other].discard(person)
            load[person] -= 1
            if place(other, seen | {(other, person)}):
                return True
            placed[other].add(person)
            load[person] += 1
        return False

    for code, wanted in needs.items():
        for _number in range(wanted):
            if not place(code, set()):
                break
    return {code: len(people) for code, people in placed.items()}
