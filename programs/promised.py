"""The account manager that a tier promises: whose promise is kept, by whom, and where nobody keeps it.

A partner with the benefit is looked after by somebody who has it in the book and has not more partners with the same promise
than the operator allows; a manager of fifty is nobody's own.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from partners.book.enums import Side
from partners.book.registry import Ids, Late, Said, register_overdue
from partners.models import BookEntry, Partner
from partners.selectors import partners_for
from programs.benefits import Entitlement, entitlements
from programs.enums import BenefitKind
from programs.granted import granted_to
from programs.honoured import honours
from programs.models import Enrolment
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.models import Membership
from workflow.settings import define

dedicated_most = define(
    "book.dedicated_most", 20, _("Partners with a dedicated account manager, for each manager"), least=1
)
dedicated_days = define(
    "book.dedicated_days", 5, _("A promised account manager is named within"), _("days"), most=365
)
KIND = str(BenefitKind.DEDICATED_PAM.value)


@dataclass(frozen=True, slots=True)
class Promise:
    """What one partner was promised. ``managers``: who has it in the book, each with the number of such partners."""

    partner_id: int
    entitlement: Entitlement
    due: date
    managers: tuple[tuple[Membership, int], ...]
    most: int

    @property
    def kept(self) -> bool:
        return any(number <= self.most for _member, number in self.managers)

    @property
    def crowd(self) -> int:
        """With how many such partners the least busy manager is; 0 without any."""
        return min((number for _member, number in self.managers), default=0)


def promises(actor: Actor, partner_ids: Iterable[int]) -> dict[int, Promise]:
    """Partner id -> its promise, for those of these (visible) partners that have one.

    Looks at whole books, which a partner or another manager does not see; only numbers and names of own managers come out.
    """
    with office(actor):
        given = {pk: kinds[KIND] for pk, kinds in entitlements(partner_ids, [KIND]).items() if KIND in kinds}
        managers = _managers(given)
        numbers = _numbers({member.pk for members in managers.values() for member in members})
        most, wait = dedicated_most(), timedelta(days=dedicated_days())
    return {
        pk: Promise(
            pk,
            each,
            (each.since or date.min) + wait,
            tuple((member, numbers[member.pk]) for member in managers[pk]),
            most,
        )
        for pk, each in given.items()
    }


def _managers(partner_ids: Collection[int]) -> dict[int, list[Membership]]:
    found: dict[int, list[Membership]] = defaultdict(list)
    rows = BookEntry.objects.filter(partner_id__in=list(partner_ids), member__active=True)
    for entry in rows.select_related("member").order_by("member__name", "pk"):
        found[entry.partner_id].append(entry.member)
    return found


def _numbers(member_ids: Collection[int]) -> dict[int, int]:
    """Member id -> how many partners of the book were promised a manager of their own."""
    entries = list(BookEntry.objects.filter(member_id__in=member_ids).values_list("member_id", "partner_id"))
    promised = entitlements({partner_id for _member, partner_id in entries}, [KIND])
    found: dict[int, int] = defaultdict(int)
    for member_id, partner_id in entries:
        found[member_id] += KIND in promised.get(partner_id, {})
    return found


def promise_of(actor: Actor, partner: Partner) -> Promise | None:
    """That of one partner whom ``actor`` sees."""
    return promises(actor, [partner.pk]).get(partner.pk)


def unkept(actor: Actor) -> list[tuple[Partner, Promise]]:
    """Visible partners without the manager they are promised, the longest promised first."""
    actor.require(Permission.ASSIGN_BOOKS)
    visible = partners_for(actor).filter(active=True)
    ids = set(visible.values_list("pk", flat=True))
    gives = Q(tier__benefits__kind=KIND) | Q(former__benefits__kind=KIND)
    promised = ids & set(Enrolment.objects.filter(gives).values_list("partner_id", flat=True))
    promised |= {each.partner_id for each in granted_to(ids, [KIND])}
    broken = {pk: each for pk, each in promises(actor, promised).items() if not each.kept}
    found = [(partner, broken[partner.pk]) for partner in visible.filter(pk__in=broken)]
    return sorted(found, key=lambda pair: (pair[1].due, pair[0].code))


def late_promises(actor: Actor, partner_ids: Ids, today: date) -> list[Late]:
    """For the book: promises that are due and not kept. Of how many others its manager has no partner hears."""
    codes = dict(Partner.objects.filter(pk__in=partner_ids).values_list("pk", "code"))
    found = []
    for pk, each in promises(actor, codes).items():
        if each.kept or each.due >= today:
            continue
        what = Said(_("The promised account manager has to be named"))
        if each.managers:
            counted = {"number": each.crowd, "most": each.most}
            what = Said(
                _("Its dedicated manager has %(number)s partners with that promise; at most %(most)s"),
                counted,
            )
        path = f"/tiers/of/{codes[pk]}/"
        found.append(Late(pk, Side.OPERATOR, what, each.due, path, internal=bool(each.managers)))
    return found


register_overdue("dedicated", late_promises)
honours(BenefitKind.DEDICATED_PAM, _("Your account manager stands on the page of your tier."))
