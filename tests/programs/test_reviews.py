"""Quarterly reviews: frozen figures, actions that become tasks, overdue ones, and the pack."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError, NotFound
from common.periods import period_of
from partners.book.registry import overdue
from partners.book.tasks import add_task
from partners.models import Task
from performance.models import Kpi, Measurement
from performance.services import create_kpi
from performance.tasks import deliver_events
from programs.models import Review
from programs.reviews import services
from programs.reviews.document import review_pdf
from tests.kit.pdf import Document
from tests.kit.world import Tenant
from workflow.models import Notification
from workflow.timers import fire_due


@pytest.fixture
def quarter(alpha: Tenant) -> str:
    """The last quarter, in which p1 sold for 1,234."""
    with alpha.scope():
        create_kpi(
            alpha.system, code="sales", name="Sales", measure="sum_amount", period="quarter", filters={}
        )
    deliver_events(alpha.system)
    code = period_of(datetime.now(UTC).date(), "quarter", alpha.operator.days).previous().code
    with alpha.scope():
        Measurement.objects.create(
            kpi=Kpi.objects.get(), partner=alpha.partners["p1"], period=code, value=1234, lines=1
        )
    return code


def act(tenant: Tenant, name: str, step: Any, **given: Any) -> Any:
    with tenant.scope(name):
        found = step(tenant.actors[name], **given)
    deliver_events(tenant.system)
    return found


def planned(tenant: Tenant, quarter: str) -> int:
    given = {"partner": "p1", "period": quarter, "planned_on": datetime.now(UTC).date()}
    pk: int = act(tenant, "pam", services.plan_review, **given).pk
    return pk


def test_a_review_goes_its_way_and_its_actions_become_tasks(alpha: Tenant, quarter: str) -> None:
    pk = planned(alpha, quarter)
    one, today = {"review_id": pk}, datetime.now(UTC).date()
    with pytest.raises(Conflict):
        act(alpha, "pam", services.hold_review, **one, held_on=today, minutes="x")
    act(alpha, "pam", services.prepare_review, **one)
    with pytest.raises(InputError) as coming:
        act(alpha, "pam", services.hold_review, **one, held_on=today + timedelta(days=1), minutes="x")
    assert coming.value.field == "held_on"
    act(alpha, "pam", services.hold_review, **one, held_on=today, minutes="We agreed.")
    with pytest.raises(Conflict):
        act(alpha, "pam", services.agree_actions, **one)
    for side in ("operator", "partner"):
        act(alpha, "pam", services.add_action, **one, side=side, title=f"{side} acts", due_on=today)
    act(alpha, "pam", services.agree_actions, **one)
    with alpha.scope("partner_owner@p1"):
        tasks = set(Task.objects.values_list("side", "title", "path"))
    assert tasks == {(side, f"{side} acts", f"/reviews/{pk}/") for side in ("operator", "partner")}
    with pytest.raises(Conflict):
        act(alpha, "pam", services.add_action, **one, side="operator", title="Late", due_on=today)
    assert act(alpha, "pam", services.close_review, **one).state == "closed"


def test_figures_are_frozen_when_it_is_prepared(alpha: Tenant, quarter: str) -> None:
    pk = planned(alpha, quarter)
    with pytest.raises(Conflict), alpha.scope("pam"):
        review_pdf(alpha.actors["pam"], pk, "en")
    hidden = {"partner": "p1", "title": "Watch their debts", "due_on": date(2020, 1, 1), "internal": True}
    act(alpha, "pam", add_task, **hidden)
    act(alpha, "pam", services.prepare_review, review_id=pk)
    with alpha.scope():
        Measurement.objects.update(value=9999)
    owner = alpha.actors["partner_owner@p1"]
    with alpha.scope("partner_owner@p1"):
        english, persian = (review_pdf(owner, pk, language) for language in ("en", "fa"))
        assert review_pdf(owner, pk, "en") == english
        assert "debts" not in str(Review.objects.get().pack)
    read = Document(english).text()
    assert "1.2K" in read or "1,234" in read
    assert "9,999" not in read
    assert "Overdue" in read
    assert "debts" not in read
    assert persian != english
    with pytest.raises(NotFound), alpha.scope("partner_owner@p2"):
        review_pdf(alpha.actors["partner_owner@p2"], pk, "en")


def test_a_quarter_that_nobody_reviewed_is_overdue_on_the_operators_side(alpha: Tenant, quarter: str) -> None:
    pk = planned(alpha, quarter)
    today, ids = datetime.now(UTC).date(), [alpha.partners["p1"].pk]
    with alpha.scope():
        review = Review.objects.get(pk=pk)
        last = period_of(today, "quarter", alpha.operator.days).start - timedelta(days=1)
        assert review.overdue_at == datetime.combine(last + timedelta(days=15), datetime.min.time(), UTC)
        review.overdue_at = datetime.now(UTC) - timedelta(hours=1)
        review.save()
        fire_due(alpha.system, now=datetime(2099, 1, 1, tzinfo=UTC))
        review.refresh_from_db()
        assert review.state == "overdue"
    deliver_events(alpha.system)
    with alpha.scope("pam"):
        late = overdue(alpha.actors["pam"], ids, today)
        assert [(each.side, each.path) for each in late] == [("operator", f"/reviews/{pk}/")]
    with alpha.scope():
        assert Notification.objects.filter(kind="reviews.overdue").count() == 1
    act(alpha, "pam", services.prepare_review, review_id=pk)
    with alpha.scope("pam"):
        assert not overdue(alpha.actors["pam"], ids, today)


def test_reviews_stay_in_the_book(alpha: Tenant, quarter: str) -> None:
    given = {"period": quarter, "planned_on": datetime.now(UTC).date()}
    for name, partner, error in (
        ("pam", "p2", NotFound),
        ("partner_owner@p1", "p1", Forbidden),
        ("executive", "p1", Forbidden),
    ):
        with pytest.raises(error):
            act(alpha, name, services.plan_review, partner=partner, **given)
    planned(alpha, quarter)
    with pytest.raises(Conflict):
        planned(alpha, quarter)
    with pytest.raises(InputError) as month:
        act(alpha, "pam", services.plan_review, partner="p1", **given | {"period": f"{quarter[:4]}-01"})
    assert month.value.field == "period"
