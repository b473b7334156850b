"""The demo's data are believable, complete and the same every time."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from deals.models import ConflictHit
from incentives.models import Accrual
from marketing.models import Lead
from performance.counting.service import count_pending
from performance.feed.selectors import pending_lanes
from performance.models import Credit, Kpi, Measurement
from portal.demo.build import build, exists
from portal.demo.lines import history
from portal.demo.master import PASSWORD, Demo, logins
from portal.demo.places import NOOR, PARS, Place
from tenancy.access import working_for
from tenancy.context import Context
from tenancy.scope import _apply
from tenancy.walls.build import BECOMES

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def small(place: Place) -> Place:
    return replace(place, partners=6, customers=60, lines=600)


@pytest.fixture
def as_the_worker() -> Iterator[pytest.MonkeyPatch]:
    """Roles are refused that the login of ``make demo`` may not become; the tests' own login may become every one."""

    def apply(context: Context | None) -> None:
        assert context is None or context.audience in BECOMES["sharik_worker"], context
        _apply(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tenancy.scope._apply", apply)
        yield patch


@pytest.mark.django_db
@pytest.mark.parametrize("place", [PARS, NOOR], ids=lambda place: place.slug)
def test_a_demo_operator_earns_and_its_people_can_log_in(
    place: Place, as_the_worker: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    build(small(place), NOW, said.append)
    as_the_worker.undo()
    assert exists(place)
    with working_for(place.slug) as actor:
        assert Kpi.objects.count() >= 12
        assert not Kpi.objects.exclude(state="ready").exists()
        earned = Accrual.objects.filter(amount__gt=0)
        assert set(earned.values_list("version__scheme__code", flat=True)) >= {"volume", "customers", "fast"}
        score = Measurement.objects.filter(kpi__code="satisfaction", weight__gt=0).first()
        assert score is not None
        assert Decimal(2) <= score.value / score.weight <= 5
        assert set(Lead.objects.values_list("state", flat=True)) >= {
            "converted",
            "manual",
            "offered",
            "accepted",
        }
        assert ConflictHit.objects.exclude(lead=None).exists()
        host = actor.operator.host
    out = io.StringIO()
    call_command("audit_measurements", operator=place.slug, stdout=out)
    assert '"differences": 0' in out.getvalue()
    for role, email in logins(place):
        client = Client(SERVER_NAME=host)
        answer: Any = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
        assert answer.status_code == 302, role
        assert client.get("/").status_code == 200, role
    with working_for(place.slug) as actor:
        before = Credit.objects.count()
    call_command("trickle", "--operator", place.slug, "--seconds", "1", "--rate", "5")
    with working_for(place.slug) as actor:
        new = Credit.objects.order_by("-pk")[: Credit.objects.count() - before]
        assert len(new) >= 5
        assert {credit.day for credit in new} == {timezone.now().astimezone(actor.operator.zone).date()}
        count_pending(actor, *pending_lanes())
    audit = io.StringIO()
    call_command("audit_measurements", operator=place.slug, stdout=audit)
    assert '"differences": 0' in audit.getvalue()


def test_the_same_seed_gives_the_same_lines() -> None:
    demo = Demo(small(PARS), partners=[("p001", 1.0, 0.2, ["p001-s1"]), ("p002", 2.0, -0.1, ["p002-s1"])])
    first, second = (list(history(demo, Random(1), ["c1", "c2", "c3"] * 10, NOW)) for _ in range(2))
    assert first == second
    assert len({line["external_id"] for _number, line in first}) == len(first) >= 500
    assert max(datetime.fromisoformat(line["occurred_at"]) for _number, line in first) <= NOW
