"""Prospects: scores that are explained, stages, the invitation that becomes an application, and lists from files."""

from decimal import Decimal
from typing import Any

import pytest
from django.core import mail

from catalog.models import Family, Product
from common.errors import Conflict, Forbidden, InputError, Invalid
from partners.applications import applying
from partners.applications.links import secret_of
from partners.applications.scoring import cards, save_criterion
from partners.models import Prospect, ProspectScore
from partners.scouting.rules import MACHINE
from partners.scouting.selectors import place_of, prospects_for
from partners.scouting.services import (
    change_prospect,
    create_prospect,
    invite_prospect,
    move_prospect,
    score_prospect,
)
from performance.imports.kinds import kind_named
from tests.kit.imports import Reported
from tests.kit.world import Tenant
from tests.partners.applying import deliver_all, newest, step
from workflow.states import InvalidTransition

TOLD: dict[str, Any] = {
    "company_name": "Kish Cloud",
    "country": "AE",
    "role": "msp",
    "contact_name": "Ali",
    "contact_email": "ali@kish.ae",
}


def found(tenant: Tenant, who: str = "pam", **fields: Any) -> Prospect:
    with tenant.scope(who):
        return create_prospect(tenant.actors[who], fields=TOLD | fields)


def test_a_score_is_explained_by_its_criteria(alpha: Tenant) -> None:
    prospect = found(alpha)
    given = {"technicians": {"value": "90", "source": "11 on LinkedIn"}, "fit": 100}
    step(alpha, "pam", score_prospect, code=prospect.code, scores=given)
    with alpha.scope():
        row = Prospect.objects.get()
        # 90 x 3 of weights 3 + 3 + 2 + 1; 100 x 2 of weights 3 + 2 + 2 + 2: what is not judged counts as nothing
        assert (row.technical, row.commercial) == (Decimal("30.0"), Decimal("22.2"))
        technical = cards(ProspectScore.objects.all())[0]
        assert [(line.source, line.points) for line in technical.lines if line.value] == [
            ("11 on LinkedIn", 270)
        ]
    with pytest.raises(Invalid):
        step(alpha, "pam", score_prospect, code=prospect.code, scores={"fit": 101})


def test_weights_belong_to_the_operator(alpha: Tenant) -> None:
    prospect = found(alpha)
    change = {"code": "technicians", "axis": "technical", "weight": 0, "name": "Technicians"}
    with pytest.raises(Forbidden):
        step(alpha, "pam", save_criterion, **change)
    step(alpha, "programme_manager", save_criterion, **change)
    step(alpha, "pam", score_prospect, code=prospect.code, scores={"technicians": 100, "years": 60})
    with alpha.scope():
        assert Prospect.objects.get().technical == Decimal("10.0")  # 60 x 1 of weights 0 + 3 + 2 + 1


@pytest.mark.parametrize(
    ("technical", "commercial", "priority"),
    [(60, 60, "first"), (59, 100, "candidate"), (100, 59, "candidate"), (59, 59, "later")],
)
def test_the_matrix_has_its_cross_at_the_limit(
    inside: Tenant, technical: int, commercial: int, priority: str
) -> None:
    assert place_of(Decimal(technical), Decimal(commercial)).priority == priority


def test_stages_follow_the_table_and_dropping_needs_a_reason(alpha: Tenant) -> None:
    code = found(alpha).code
    step(alpha, "pam", move_prospect, code=code, stage="contacted")
    with pytest.raises(InputError):
        step(alpha, "pam", move_prospect, code=code, stage="dropped")
    with pytest.raises(InputError):
        step(alpha, "pam", move_prospect, code=code, stage="converted")
    step(alpha, "pam", move_prospect, code=code, stage="dropped", text="Sold to a rival")
    with pytest.raises(InvalidTransition):
        step(alpha, "pam", move_prospect, code=code, stage="talking")
    step(alpha, "pam", move_prospect, code=code, stage="new")
    assert set(MACHINE.following("converted")) == set()


def test_an_invitation_is_an_application_that_the_company_completes(alpha: Tenant) -> None:
    with alpha.scope():
        family = Family.objects.create(code="cloud", name="Cloud", layer="cloud")
        Product.objects.create(code="vps", name="VPS", family=family)
    code = found(alpha, product="vps").code
    step(alpha, "pam", invite_prospect, code=code, language="fa")
    with pytest.raises((Conflict, InvalidTransition)):
        step(alpha, "pam", invite_prospect, code=code)
    deliver_all(alpha)
    application = newest(alpha)
    assert (application.state, application.roles, application.layers) == ("draft", ["msp"], ["cloud"])
    secret = secret_of(application.link_nonce)
    assert mail.outbox[-1].to == ["ali@kish.ae"]
    assert secret in str(mail.outbox[-1].body)
    with pytest.raises(Invalid) as caught:  # what nobody knew yet
        applying.submit(alpha.operator, secret)
    assert {error.field for error in caught.value.errors} == {"legal_id", "phone"}
    applying.submit(alpha.operator, secret, {"legal_id": "K-1", "phone": "+971 4 123 4567"})
    deliver_all(alpha)
    with alpha.scope():
        assert Prospect.objects.get().state == "converted"
    assert newest(alpha).state == "screening"


def test_an_invitation_needs_somebody_to_write_to(alpha: Tenant) -> None:
    code = found(alpha, contact_email="").code
    with pytest.raises(Invalid) as caught:
        step(alpha, "pam", invite_prospect, code=code)
    assert [error.field for error in caught.value.errors] == ["contact_email"]
    step(alpha, "pam", change_prospect, code=code, fields={"contact_email": "a@b.ae"})
    step(alpha, "pam", invite_prospect, code=code)


def test_a_list_comes_in_once_and_says_what_is_wrong(alpha: Tenant) -> None:
    kind = kind_named("prospects")
    rows = [
        (2, {"code": "x1", "company_name": "One", "score.fit": "80"}),
        (3, {"code": "x2", "company_name": "Two", "layer": "moon"}),
        (4, {"code": "x3", "company_name": ""}),
    ]
    manager = alpha.actors["programme_manager"]
    for created, changed in ((1, 0), (0, 1)):
        report = Reported()
        kind.bring(manager, [(n, dict(row)) for n, row in rows], dry_run=False, report=report)
        assert report.lasts == [2, 3, 4]
        assert sum(part.created for part in report.parts) == created
        assert sum(part.changed for part in report.parts) == changed
        refused = {line: errors[0].field for part in report.parts for line, errors in part.refused}
        assert refused == {3: "layer", 4: "company_name"}
    with alpha.scope("programme_manager"):
        assert [row.code for row in prospects_for(manager)] == ["x1"]


def test_partners_and_other_operators_know_nothing_of_it(alpha: Tenant, beta: Tenant) -> None:
    found(alpha)
    with alpha.scope("partner_owner@p1"), pytest.raises(Forbidden):
        prospects_for(alpha.actors["partner_owner@p1"])
    with beta.scope("programme_manager"):
        assert not prospects_for(beta.actors["programme_manager"])
