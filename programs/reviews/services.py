"""Planning, preparing, holding and closing quarterly reviews; the ones that nobody prepares become overdue."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.periods import Period, parse_period
from common.text import clean_line
from partners.book.enums import Side
from partners.book.registry import Ids, Late, Said, register_overdue
from partners.book.tasks import make_task
from partners.selectors import get_partner
from programs.models import Review, ReviewAction
from programs.reviews.enums import ReviewState as S
from programs.reviews.packing import pack_of
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.calendar import work_calendar
from workflow.enums import Urgency
from workflow.notices import To, declare, names_of, notify, pams_of, partner_people
from workflow.settings import define
from workflow.states import Machine, move, note
from workflow.timers import on_timer, schedule

overdue_days = define(
    "reviews.overdue_days", 14, _("A quarter is reviewed within"), _("days"), least=1, most=120
)
LATE = "programs.review_late"
LONGEST, LONGEST_TEXT = 200, 10_000
PREPARED = declare("reviews.prepared", Urgency.INFO, _("%(partner)s: the review of %(period)s is prepared"))
AGREED = declare(
    "reviews.agreed", Urgency.INFO, _("%(partner)s: the actions of the review of %(period)s are agreed")
)
OVERDUE = declare("reviews.overdue", Urgency.ACTION, _("%(partner)s: the review of %(period)s is overdue"))

#: Preparing anew freezes newer figures, as long as the review was not held.
REVIEW = Machine(
    {
        S.PLANNED: (S.PREPARED, S.OVERDUE),
        S.OVERDUE: (S.PREPARED,),
        S.PREPARED: (S.PREPARED, S.HELD),
        S.HELD: (S.ACTIONS_AGREED,),
        S.ACTIONS_AGREED: (S.CLOSED,),
    },
    S,
)


def reviews_for(actor: Actor) -> QuerySet[Review]:
    """Reviews that the actor may see, the newest quarter first."""
    actor.require(Permission.VIEW_PLANS)
    found: QuerySet[Review] = Review.objects.select_related("partner")
    return found.order_by("-period", "partner__name", "pk")


def get_review(actor: Actor, pk: int) -> Review:
    """One of ``reviews_for``; raises ``NotFound``."""
    review = reviews_for(actor).filter(pk=pk).first()
    if review is None:
        raise NotFound()
    return review


def actions_of(review: Review) -> QuerySet[ReviewAction]:
    found: QuerySet[ReviewAction] = ReviewAction.objects.filter(review=review).select_related("task")
    return found


def plan_review(actor: Actor, *, partner: str, period: str, planned_on: date | None) -> Review:
    """Plan the review of a quarter. Raises ``NotFound`` outside the book, ``InputError``, ``Conflict`` ``review_exists``."""
    actor.require(Permission.WORK_BOOK)
    company, quarter = get_partner(actor, partner), _quarter(actor, period)
    if planned_on is None:
        raise InputError("required", _("This must not be empty."), "planned_on")
    if planned_on < quarter.start:
        raise InputError("too_early", _("This day is before the quarter begins."), "planned_on")
    calendar = work_calendar(actor.operator)
    late = calendar.end_of(quarter.last_day + timedelta(days=overdue_days()))
    review = Review(partner=company, period=quarter.code, planned_on=planned_on, overdue_at=late)
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        raise Conflict("review_exists", _("This quarter's review is planned already.")) from error
    note(actor, review, "", S.PLANNED)
    audit.record(actor, "review.plan", review)
    schedule(LATE, review, late)
    return review


def prepare_review(actor: Actor, *, review_id: int) -> Review:
    """Freeze the figures of this moment: everybody talks about the same ones, and the PDF stays as it is."""
    review = _locked(actor, review_id)
    REVIEW.check(review.state, S.PREPARED)
    now = timezone.now()
    review.pack = pack_of(actor, review, now.astimezone(actor.operator.zone).date())
    review.prepared_at, review.prepared_by_name = now, actor.name
    move(actor, review, S.PREPARED, REVIEW, save=("pack", "prepared_at", "prepared_by_name"))
    _tell(review, PREPARED, partner_people(review.partner_id, Permission.VIEW_PLANS), str(now.timestamp()))
    return review


def hold_review(actor: Actor, *, review_id: int, held_on: date | None, minutes: str) -> Review:
    """It took place."""
    review = _locked(actor, review_id)
    REVIEW.check(review.state, S.HELD)
    if held_on is None or held_on > timezone.now().astimezone(actor.operator.zone).date():
        raise InputError("in_future", _("Give a day that has come."), "held_on")
    if not minutes.strip():
        raise InputError("required", _("Write something."), "minutes")
    if len(minutes) > LONGEST_TEXT:
        raise InputError("too_long", _("At most %(most)s characters."), "minutes", {"most": LONGEST_TEXT})
    review.minutes, review.held_on = minutes.strip(), held_on
    move(actor, review, S.HELD, REVIEW, save=("minutes", "held_on"))
    return review


def add_action(actor: Actor, *, review_id: int, side: str, title: str, due_on: date | None) -> ReviewAction:
    """Note an action, before the actions are agreed."""
    review = _locked(actor, review_id)
    _check_open(review)
    line = clean_line(title)
    if not line:
        raise InputError("required", _("This must not be empty."), "title")
    if len(line) > LONGEST:
        raise InputError("too_long", _("At most %(most)s characters."), "title", {"most": LONGEST})
    if side not in Side.values:
        raise InputError("unknown_choice", _("This value is not valid."), "side")
    if due_on is None:
        raise InputError("required", _("This must not be empty."), "due_on")
    made: ReviewAction = ReviewAction.objects.create(
        review=review, partner_id=review.partner_id, side=side, title=line, due_on=due_on
    )
    audit.record(actor, "review.action", review, ref=line)
    return made


def drop_action(actor: Actor, *, review_id: int, action_id: int) -> None:
    review = _locked(actor, review_id)
    _check_open(review)
    found = ReviewAction.objects.filter(review=review, pk=action_id).first()
    if found is None:
        raise NotFound()
    audit.record(actor, "review.action_dropped", review, ref=found.title)
    found.delete()


def agree_actions(actor: Actor, *, review_id: int) -> Review:
    """The actions become tasks of the two sides."""
    review = _locked(actor, review_id)
    REVIEW.check(review.state, S.ACTIONS_AGREED)
    actions = list(actions_of(review))
    if not actions:
        raise Conflict("no_actions", _("Note at least one action."))
    for action in actions:
        action.task = make_task(
            actor, partner=review.partner, title=action.title, due_on=action.due_on, side=action.side,
            origin=f"review:{action.pk}", path=f"/reviews/{review.pk}/",
        )  # fmt: skip
        action.save(update_fields=["task"])
    move(actor, review, S.ACTIONS_AGREED, REVIEW)
    _tell(review, AGREED, partner_people(review.partner_id, Permission.VIEW_PLANS))
    return review


def close_review(actor: Actor, *, review_id: int) -> Review:
    """It is over; its tasks go on."""
    review = _locked(actor, review_id)
    review.closed_at = timezone.now()
    move(actor, review, S.CLOSED, REVIEW, save=("closed_at",))
    return review


@on_timer(LATE)
def review_late(actor: Actor, review_id: int, payload: Mapping[str, Any]) -> None:
    """A quarter that nobody reviewed in time is overdue on the operator's side."""
    review = Review.objects.select_for_update(of=("self",)).select_related("partner").get(pk=review_id)
    if review.state == S.PLANNED and review.overdue_at and review.overdue_at <= timezone.now():
        move(actor, review, S.OVERDUE, REVIEW)
        _tell(review, OVERDUE, pams_of(review.partner_id, Permission.WORK_BOOK))


def late_reviews(actor: Actor, partner_ids: Ids, today: date) -> Sequence[Late]:
    """Of the operator: it is the operator who prepares them."""
    if not actor.can(Permission.VIEW_PLANS):
        return []
    found = []
    for review in reviews_for(actor).filter(partner_id__in=partner_ids, state=S.OVERDUE):
        due = (
            review.overdue_at.astimezone(actor.operator.zone).date() - timedelta(days=1)
            if review.overdue_at
            else today
        )
        what = Said(_("Review of %(period)s"), {"period": {"period": review.period}})
        found.append(Late(review.partner_id, Side.OPERATOR, what, due, f"/reviews/{review.pk}/"))
    return found


register_overdue("reviews", late_reviews)


def _locked(actor: Actor, review_id: int) -> Review:
    actor.require(Permission.WORK_BOOK)
    pk = get_review(actor, review_id).pk
    rows = Review.objects.select_for_update(of=("self",), no_key=True).select_related("partner")
    review: Review = rows.get(pk=pk)
    return review


def _check_open(review: Review) -> None:
    if review.state not in (S.PREPARED, S.HELD):
        raise Conflict("not_open", _("Actions are noted while a review is prepared or was held."))


def _quarter(actor: Actor, code: str) -> Period:
    try:
        period = parse_period(code, actor.operator.days, actor.operator.fiscal_start_month)
    except InputError as error:
        raise InputError(error.code, error.template, "period", error.params) from error
    if period.kind != "quarter":
        raise InputError("no_quarter", _("A review is of a quarter."), "period")
    return period


def _tell(review: Review, kind: Any, to: To, key: str = "") -> None:
    who = {"partner": names_of(review.partner), "period": {"period": review.period}}
    notify(kind, review, to=to, path=f"/reviews/{review.pk}/", key=key, **who)
