"""The demo's partner programme: four tiers fitted to what its partners really sell, some at risk, one exception asked for."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from partners.models import Partner
from partners.selectors import own_company
from performance.tasks import deliver_events
from portal.demo.places import Place
from programs.directory.entries import refresh_entries
from programs.enrolling import enrol
from programs.enums import Asks, Promotion, ReviewPeriod, TierState
from programs.expertdays import book_days
from programs.models import Enrolment, Evidence, Programme, Requirement, Tier
from programs.programmes import change_programme
from programs.requirements.editing import change_requirement
from programs.requirements.windows import next_review
from programs.standing.evaluating import evaluate_programme
from programs.standing.exceptions import ask_exception
from programs.templates import make
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Role
from tenancy.models import Membership

#: The share of partners that sells less than each tier asks.
QUANTILES = {"silver": 0.35, "gold": 0.65, "platinum": 0.88}
WHY = (
    "Two engineers left in spring; their successors sit the exams next month.",
    "دو مهندس در بهار رفتند؛ جانشینانشان ماه آینده آزمون می‌دهند.",
    "غادر مهندسان في الربيع، ويتقدم خلفاؤهما للامتحان الشهر القادم.",
)
TOPIC = ("Cloud migration workshop", "کارگاه مهاجرت به ابر", "ورشة الانتقال إلى السحابة")


def make_tiers(actor: Actor, place: Place, today: date) -> None:
    """Everything about tiers, as of ``today``."""
    with scope_of(actor):
        programme = make(actor, "four")
        change_programme(
            actor, code=programme.code, promotion=Promotion.PERIOD_START, review_period=ReviewPeriod.QUARTER
        )
    deliver_events(actor)  # The KPI that the template asks for is counted.
    with scope_of(actor):
        programme.refresh_from_db()
        levels = _fit(actor, programme, today)
        _enrol(actor, programme, levels)
        _in_grace(actor, programme, today)
        evaluate_programme(actor, programme, day=today)
        _exception(actor, place, today)
        _book(actor, place, today)
        refresh_entries()  # The directory names the tiers.
    deliver_events(actor)


def _member(actor: Actor, role: str) -> Actor:
    """The demo's login with this role."""
    member = Membership.objects.filter(role=role, active=True).order_by("pk").first()
    if member is None:
        raise ValueError(f"The demo has no {role}.")
    return actor_of(member, actor.operator)


def _fit(actor: Actor, programme: Programme, today: date) -> dict[int, str]:
    """Set what tiers ask to what partners sell; returns partner id -> the tier that its sales alone earn."""
    sales = _sold(actor, programme, today)
    ordered = sorted(sales.values())
    asked = {code: _round(ordered[int(len(ordered) * share)]) for code, share in QUANTILES.items()}
    for row in Requirement.objects.filter(asks=Asks.KPI).select_related("tier", "kpi"):
        threshold = max(asked[row.tier.code], Decimal(1))
        change_requirement(actor, requirement_id=row.pk, asks=Asks.KPI, kpi=_code(row), threshold=threshold)
    # Growth alone is not enough for the highest one: people have to be certified.
    group = Requirement.objects.get(asks=Asks.ANY, tier__code="platinum")
    change_requirement(actor, requirement_id=group.pk, asks=Asks.ALL)
    steps = [("registered", Decimal(0)), *asked.items()]
    return {pk: [code for code, least in steps if value >= least][-1] for pk, value in sales.items()}


def _sold(actor: Actor, programme: Programme, today: date) -> dict[int, Decimal]:
    """What everybody sold, as the evaluation measures it. The try-out leaves no trace in anybody's history."""
    ids = list(Partner.objects.order_by("pk").values_list("pk", flat=True))
    with transaction.atomic():
        enrol(actor, programme=programme.code, partner_ids=ids, evaluate=False)
        evaluate_programme(actor, programme, day=today)
        rows = Evidence.objects.filter(requirement__asks=Asks.KPI, requirement__tier__code="silver")
        sold = {row.partner_id: row.measured or Decimal(0) for row in rows}
        transaction.set_rollback(True)
    return sold


def _code(row: Requirement) -> str:
    return row.kpi.code if row.kpi else ""


def _round(value: Decimal) -> Decimal:
    """Two digits are enough for a threshold."""
    return value.quantize(Decimal(1).scaleb(max(value.adjusted() - 1, 0))) if value else value


def _enrol(actor: Actor, programme: Programme, levels: dict[int, str]) -> None:
    """Most stand where their sales put them; every seventh one tier higher, every ninth one lower.

    The first one, whose people log in, has the highest tier before it, and no less than the second: the directory
    belongs to it.
    """
    codes = list(Tier.objects.filter(programme=programme).order_by("rank").values_list("code", flat=True))
    places: dict[str, list[int]] = {code: [] for code in codes}
    for number, (pk, code) in enumerate(sorted(levels.items())):
        step = 1 if number % 7 == 3 else -1 if number % 9 == 5 or number == 0 else 0
        rank = min(max(codes.index(code) + step, number == 0), len(codes) - 1)
        places[codes[rank]].append(pk)
    for code, ids in places.items():
        enrol(actor, programme=programme.code, partner_ids=ids, tier=code, evaluate=False)


def _in_grace(actor: Actor, programme: Programme, today: date) -> None:
    """Three of those that stand too high were so at the last review already."""
    operator = actor.operator
    before = today - timedelta(days=95)
    review = next_review(operator, programme.review_period, before)
    rows = Enrolment.objects.filter(programme=programme, tier__code__in=["gold", "platinum"]).order_by("pk")
    chosen = list(rows.values_list("partner_id", flat=True))[:12]
    for day in (before, review):
        evaluate_programme(actor, programme, day=day, partner_ids=chosen)
    # Promotions of the past would hide what the demo is to show.
    rows.filter(partner_id__in=chosen, state=TierState.QUALIFIED).update(
        state=TierState.HELD, due_on=None, target=None
    )


def _exception(actor: Actor, place: Place, today: date) -> None:
    """The PAM asks for one of the own book."""
    pam = _member(actor, Role.PAM)
    rows = Enrolment.objects.filter(
        state__in=[TierState.AT_RISK, TierState.GRACE], partner__book_entries__member=pam.membership_id
    )
    row = rows.order_by("-tier__rank", "pk").select_related("tier").first()
    if row is None:
        return
    ask_exception(
        pam,
        enrolment_id=row.pk,
        tier=row.tier.code,
        until=today + timedelta(days=120),
        reason=WHY[("en", "fa", "ar").index(place.language)],
    )


def _book(actor: Actor, place: Place, today: date) -> None:
    """The first partner has booked a day."""
    owner = _member(actor, Role.PARTNER_OWNER)
    held = Enrolment.objects.filter(partner_id=owner.partner_id or 0, tier__code__in=["gold", "platinum"])
    if not held.exists():
        return
    topic = TOPIC[("en", "fa", "ar").index(place.language)]
    day = today + timedelta(days=12)
    book_days(owner, partner=own_company(owner), day=day, days=Decimal(1), topic=topic)
