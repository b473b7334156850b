"""Four eyes: who may approve what, what a change does to an approval, and what publishing asks for."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from common.errors import Conflict, Forbidden, InputError
from incentives.approval import (
    approve_version,
    content_digest,
    may_decide,
    newest_approval,
    return_version,
    submit_version,
    withdraw_version,
)
from incentives.models import Approval, SchemeVersion
from incentives.services import (
    SchemeData,
    VersionData,
    amend_scheme,
    change_draft,
    create_scheme,
    publish_version,
)
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience
from tenancy.outbox import deliver
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from tests.kit.world import PASSWORD, Tenant
from tests.portal.test_formulas import make_sales
from workflow.models import Notification
from workflow.settings import change_setting

FIRST = VersionData(formula="all: sales * 1%", starts=date(2013, 1, 1))


def colleague(tenant: Tenant, role: str = "programme_manager") -> Actor:
    """A second person with a role."""
    with scope(tenant.operator.pk, Audience.AUTH):
        person = ensure_person(email=f"second.{role}@alpha.example", name="Second", password=PASSWORD)
        return actor_of(add_membership(person, role=role), tenant.operator)


def want_four_eyes(tenant: Tenant) -> None:
    change_setting(tenant.system, "schemes.four_eyes", True)


def draft(tenant: Tenant, **more: Any) -> SchemeVersion:
    make_sales(tenant)
    actor = tenant.actors["programme_manager"]
    return create_scheme(actor, scheme=SchemeData("volume", "Volume"), version=FIRST)


def again(version: SchemeVersion) -> SchemeVersion:
    found: SchemeVersion = SchemeVersion.objects.select_related("scheme").get(pk=version.pk)
    return found


def test_one_person_publishes_where_the_operator_did_not_ask_for_more(inside: Tenant) -> None:
    version = draft(inside)
    assert publish_version(inside.actors["programme_manager"], version_id=version.pk).published_at


def test_a_second_person_approves_and_then_it_is_published(inside: Tenant) -> None:
    version, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    want_four_eyes(inside)
    with pytest.raises(Conflict) as refused:
        publish_version(author, version_id=version.pk)
    assert refused.value.code == "approval_needed"
    row = submit_version(author, version_id=version.pk, text="Please look at the rate.")
    assert (may_decide(author, row), may_decide(second, row)) == (False, True)
    with pytest.raises(Conflict, match="approve"):
        publish_version(author, version_id=version.pk)
    deliver(inside.system)
    assert Notification.objects.filter(kind="schemes.submitted", membership=second.membership_id).exists()
    assert approve_version(second, version_id=version.pk).decided_by_id == second.membership_id
    assert publish_version(author, version_id=version.pk).published_at
    deliver(inside.system)
    told = Notification.objects.get(kind="schemes.decided")
    assert told.membership_id == author.membership_id


@pytest.mark.parametrize("decide", [approve_version, return_version])
def test_nobody_decides_on_own_work(inside: Tenant, decide: Any) -> None:
    version, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    more = {"reason": "No."} if decide is return_version else {}
    change_draft(second, version_id=version.pk, version=VersionData("all: sales * 2%", date(2013, 1, 1)))
    third = inside.actors["channel_finance"]
    submit_version(author, version_id=version.pk)
    for actor in (author, second, inside.system):
        with pytest.raises(Forbidden) as refused:
            decide(actor, version_id=version.pk, **more)
        assert refused.value.code == "second_person"
    with pytest.raises(Forbidden):
        decide(inside.actors["executive"], version_id=version.pk, **more)
    decide(third, version_id=version.pk, **more)


def test_the_person_counts_and_not_the_membership(inside: Tenant) -> None:
    version, author = draft(inside), inside.actors["programme_manager"]
    submit_version(author, version_id=version.pk)
    with scope(inside.operator.pk, Audience.AUTH):
        from django.contrib.auth import get_user_model

        person = get_user_model().objects.get(pk=author.person_id or 0)
        other = actor_of(add_membership(person, role="channel_finance"), inside.operator)
    with pytest.raises(Forbidden):
        approve_version(other, version_id=version.pk)


def test_what_comes_back_needs_a_reason_and_can_be_submitted_again(inside: Tenant) -> None:
    version, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    submit_version(author, version_id=version.pk)
    with pytest.raises(InputError):
        return_version(second, version_id=version.pk, reason="  ")
    return_version(second, version_id=version.pk, reason="The rate is too high.")
    row = newest_approval(author, version)
    assert row is not None
    assert (row.state, row.reason) == ("returned", "The rate is too high.")
    submit_version(author, version_id=version.pk)
    with pytest.raises(Conflict):
        submit_version(author, version_id=version.pk)


CHANGES: list[VersionData] = [
    VersionData("all: sales * 1.01%", FIRST.starts),
    VersionData(FIRST.formula, date(2013, 1, 2)),
    VersionData(FIRST.formula, FIRST.starts, ends=date(2014, 1, 1)),
    VersionData(FIRST.formula, FIRST.starts, eligibility={"tiers": ["gold"]}),
    VersionData(FIRST.formula, FIRST.starts, budget=Decimal("0.01")),
    VersionData(FIRST.formula, FIRST.starts, cap=Decimal(1)),
    VersionData(FIRST.formula, FIRST.starts, rounding="down"),
]


@pytest.mark.parametrize("version", CHANGES)
def test_any_change_withdraws_the_approval(inside: Tenant, version: VersionData) -> None:
    row, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    want_four_eyes(inside)
    submit_version(author, version_id=row.pk)
    approve_version(second, version_id=row.pk)
    change_draft(author, version_id=row.pk, version=version)
    assert Approval.objects.get().state == "withdrawn"
    with pytest.raises(Conflict):
        publish_version(author, version_id=row.pk)


def test_the_schemes_own_fields_are_content_too(inside: Tenant) -> None:
    row, author = draft(inside), inside.actors["programme_manager"]
    submit_version(author, version_id=row.pk)
    change_draft(author, version_id=row.pk, version=FIRST, scheme=SchemeData("volume", "Other name"))
    assert Approval.objects.get().state == "withdrawn"


def test_saving_the_same_again_withdraws_nothing(inside: Tenant) -> None:
    row, author = draft(inside), inside.actors["programme_manager"]
    budget = VersionData(
        FIRST.formula, FIRST.starts, budget=Decimal("10.50"), eligibility={"tiers": ["b", "a"]}
    )
    change_draft(author, version_id=row.pk, version=budget)
    digest = content_digest(again(row))
    submit_version(author, version_id=row.pk)
    same = VersionData(FIRST.formula, FIRST.starts, budget=Decimal("10.5"), eligibility={"tiers": ["a", "b"]})
    change_draft(author, version_id=row.pk, version=same)
    assert (content_digest(again(row)), Approval.objects.get().state) == (digest, "submitted")
    withdraw_version(author, version_id=row.pk)
    assert Approval.objects.get().state == "withdrawn"


def test_a_change_past_the_services_does_not_slip_through(inside: Tenant) -> None:
    row, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    want_four_eyes(inside)
    submit_version(author, version_id=row.pk)
    SchemeVersion.objects.filter(pk=row.pk).update(cap=Decimal(9))
    with pytest.raises(Conflict):
        approve_version(second, version_id=row.pk)
    SchemeVersion.objects.filter(pk=row.pk).update(cap=None)
    approve_version(second, version_id=row.pk)
    SchemeVersion.objects.filter(pk=row.pk).update(cap=Decimal(9))
    with pytest.raises(Conflict):
        publish_version(author, version_id=row.pk)


def test_an_amendment_needs_its_own_approval(inside: Tenant) -> None:
    row, author, second = draft(inside), inside.actors["programme_manager"], colleague(inside)
    want_four_eyes(inside)
    submit_version(author, version_id=row.pk)
    approve_version(second, version_id=row.pk)
    publish_version(author, version_id=row.pk)
    newer = amend_scheme(
        author, scheme_code="volume", version=VersionData("all: sales * 3%", date(2190, 1, 1))
    )
    with pytest.raises(Conflict):
        publish_version(author, version_id=newer.pk)
    submit_version(author, version_id=newer.pk)
    approve_version(second, version_id=newer.pk)
    assert publish_version(second, version_id=newer.pk).published_at
