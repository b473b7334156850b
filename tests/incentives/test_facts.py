"""Joining, certificates and goals trigger schemes, as transactions do; each once."""

from django.conf import settings
from django.utils import timezone

from incentives.grants import grants
from incentives.models import Accrual
from performance.counting.service import count_pending
from performance.facts import tell_fact
from performance.models import Credit
from tenancy.outbox import deliver
from tests.incentives.test_kinds import published
from tests.kit.world import Tenant


def test_facts_earn_points_and_benefits_once(alpha: Tenant) -> None:
    with alpha.scope():
        published(alpha, "goal", "points", "500", eligibility={"kinds": ["goal_reached"]})
        published(alpha, "welcome", "benefit", "1", eligibility={"kinds": ["joined"]}, valid_days=90)
        deliver(alpha.system)
        now = timezone.now()
        for kind in ("goal_reached", "joined", "goal_reached", "joined"):
            tell_fact(kind=kind, reference=f"{kind}:1", partner="p1", occurred_at=now)
        deliver(alpha.system)
    for lane in range(settings.FEED_LANES):
        count_pending(alpha.system, lane)
    with alpha.scope():
        deliver(alpha.system)
        assert Credit.objects.filter(source="sharik").count() == 2
        assert Accrual.objects.get(version__scheme__code="goal").amount == 500
        assert [grant.quantity for grant in grants(alpha.system)] == [1]
