"""Which partners may have a lead and what weighs for each: all partners at once, a fixed number of queries. In the office."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q

from marketing.enums import HELD, Exclusion, LeadState, OfferState
from marketing.leads.identity import layer_of
from marketing.leads.numbers import capacity, history_days, recent_days
from marketing.leads.weights import Candidate
from marketing.models import Lead, LeadOffer, LeadSettings
from partners.enums import PartnerState
from partners.models import Partner
from programs.authorisations.answers import rules_for
from programs.authorisations.rules import Case, judge
from programs.authorisations.selectors import rules_of, sellers
from programs.authorisations.settings import doors
from programs.benefits import entitlements
from programs.enums import BenefitKind
from tenancy.enums import Permission
from tenancy.models import Membership
from tenancy.permissions import PERMISSIONS

WORKERS = [role for role, held in PERMISSIONS.items() if Permission.WORK_LEADS in held]


@dataclass(frozen=True, slots=True)
class Field:
    """Those who may have the lead by id, and why the others may not: reason -> ids."""

    candidates: dict[int, Candidate] = field(default_factory=dict)
    excluded: dict[str, list[int]] = field(default_factory=dict)


def field_for(lead: Lead, now: datetime) -> Field:
    """Everybody who is still a partner, sorted into candidates and those left out with the first reason that holds."""
    partners = list(Partner.objects.exclude(state=PartnerState.ENDED).filter(active=True).order_by("pk"))
    today = now.astimezone(lead.operator.zone).date()
    staffed = _staffed()
    asked = set(LeadOffer.objects.filter(lead_id=lead.pk).values_list("partner_id", flat=True))
    authorised = _authorised(lead, partners, today)
    own = {row.partner_id: row for row in LeadSettings.objects.all()}
    busy, most = _open_leads(), capacity()

    def why_not(partner: Partner) -> str:
        settings = own.get(partner.pk)
        checks = (
            (Exclusion.NOT_ACTIVE, partner.state != PartnerState.ACTIVE),
            (Exclusion.NOBODY, partner.pk not in staffed),
            (Exclusion.ASKED, partner.pk in asked),
            (Exclusion.NOT_AUTHORISED, partner.pk not in authorised),
            (Exclusion.PAUSED, is_paused(settings, today)),
            (Exclusion.FULL, busy.get(partner.pk, 0) >= capacity_of(settings, most)),
        )
        return next((reason.value for reason, holds in checks if holds), "")

    excluded: dict[str, list[int]] = defaultdict(list)
    eligible = []
    for partner in partners:
        if reason := why_not(partner):
            excluded[reason].append(partner.pk)
        else:
            eligible.append(partner.pk)
    return Field(_weighed(eligible, now), dict(excluded))


def is_paused(settings: LeadSettings | None, today: date) -> bool:
    return settings is not None and settings.paused_until is not None and settings.paused_until >= today


def capacity_of(settings: LeadSettings | None, most: int) -> int:
    """A partner may take fewer leads than the operator's number, not more."""
    own = settings.capacity if settings is not None else None
    return most if own is None else min(own, most)


def _staffed() -> set[int]:
    people = Membership.objects.filter(active=True, role__in=WORKERS, partner__isnull=False)
    return set(people.values_list("partner_id", flat=True).distinct())


def _authorised(lead: Lead, partners: list[Partner], today: date) -> set[int]:
    """Who may sell it there. What is not known of the lead stands against nobody."""
    segment, territory = lead.segment, lead.territory
    case = Case(
        lead.product_id,
        layer_of(lead),
        segment.pk if segment else None,
        segment.key_account if segment else False,
        tuple(territory.path) if territory else (),
        lead.engagement_model,
        anywhere=True,
    )
    rules, open_doors = rules_of([partner.pk for partner in partners], today), doors()
    found = sellers(partners)
    return {pk for pk, seller in found.items() if judge(rules_for(rules, seller), case, open_doors).allowed}


def _open_leads() -> dict[int, int]:
    rows = Lead.objects.filter(state__in=(LeadState.OFFERED, *HELD)).order_by().values("partner_id")
    return dict(rows.annotate(number=Count("pk")).values_list("partner_id", "number"))


def _weighed(ids: list[int], now: datetime) -> dict[int, Candidate]:
    priority = _priority(ids)
    closed, offers = _closed(now), _offers(now)
    return {
        pk: Candidate(
            partner=pk,
            priority=priority.get(pk, 0),
            converted=closed[pk]["converted"],
            closed=closed[pk]["closed"] + offers[pk]["recalled"],
            answered=offers[pk]["answered"],
            missed=offers[pk]["missed"],
            recent=offers[pk]["recent"],
        )
        for pk in ids
    }


def _priority(ids: Iterable[int]) -> dict[int, int]:
    kind = BenefitKind.LEAD_PRIORITY
    found = entitlements(ids, [kind])
    return {pk: int(kinds[kind].value or 0) for pk, kinds in found.items() if kind in kinds}


def _closed(now: datetime) -> dict[int, Any]:
    """Leads that became deals, of those that became deals or were lost. What was no real lead counts for nobody."""
    ends = (LeadState.CONVERTED, LeadState.LOST)
    since = now - timedelta(days=history_days())
    rows = Lead.objects.filter(state__in=ends, closed_at__gte=since, partner__isnull=False).order_by()
    sums = rows.values("partner_id").annotate(
        converted=Count("pk", filter=Q(state=LeadState.CONVERTED)), closed=Count("pk")
    )
    return defaultdict(lambda: {"converted": 0, "closed": 0}, {row["partner_id"]: row for row in sums})


def _offers(now: datetime) -> dict[int, Any]:
    """How offers were answered. A lead that came to its partner by itself was no offer: it had no time to be answered in."""
    since, lately = now - timedelta(days=history_days()), now - timedelta(days=recent_days())
    asked = LeadOffer.objects.filter(
        offered_at__gte=min(since, lately), due_at__gt=F("offered_at")
    ).order_by()
    counted = Q(offered_at__gte=since)
    answered = Q(state__in=(OfferState.ACCEPTED, OfferState.DECLINED, OfferState.RECALLED))
    sums = asked.values("partner_id").annotate(
        answered=Count("pk", filter=counted & answered),
        missed=Count("pk", filter=counted & Q(state=OfferState.TIMED_OUT)),
        recalled=Count("pk", filter=counted & Q(state=OfferState.RECALLED)),
        recent=Count("pk", filter=Q(offered_at__gte=lately)),
    )
    none = {"answered": 0, "missed": 0, "recalled": 0, "recent": 0}
    return defaultdict(lambda: none, {row["partner_id"]: row for row in sums})
