"""The access matrix: every route, read by every role, a stranger and nobody.

``matrix.tsv`` says what each gets. A new route without a row fails; so does an answer that changed. After reading what
changed, write the file anew: ``RECORD_MATRIX=1 make test ARGS=tests/isolation/test_matrix.py``.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tenancy.access import as_actor
from tenancy.enums import Audience
from tenancy.models import ApiToken
from tenancy.scope import scope
from tenancy.tokens import hash_secret
from tests.isolation import talk
from tests.isolation.routes import Route, address, all_routes, first_ids, is_ours
from tests.isolation.seed import fill
from tests.kit.world import make_tenant
from workflow.states import partner_of

FILE = Path(__file__).with_name("matrix.tsv")
STAFF = ("programme_manager", "pam", "channel_finance", "executive", "support_agent", "direct_seller")
PARTNER = ("partner_owner", "partner_seller", "partner_technician", "partner_finance")
#: p1's people, the same owner at p2 (a stranger to p1), the manager of another operator, and nobody.
COLUMNS = (*STAFF, *(f"{role}@p1" for role in PARTNER), "partner_owner@p2", "stranger", "nobody")
ROUTES = [route for route in all_routes() if is_ours(route)]


class World:
    """Two filled operators with one browser per column."""

    def __init__(self) -> None:
        self.alpha, self.beta = make_tenant("alpha"), make_tenant("beta")
        fill(self.alpha)
        fill(self.beta)
        self.ids = first_ids(self.alpha)
        self.browsers = {column: self._browser(column) for column in COLUMNS}
        self.tokens = {column: self._token(column) for column in COLUMNS}

    def _browser(self, column: str) -> Client:
        client = self._logged_in(column)
        client.raise_request_exception = False
        return client

    def _logged_in(self, column: str) -> Client:
        if column == "nobody":
            return self.alpha.client()
        if column == "stranger":
            client = self.beta.client("programme_manager")
            client.defaults["SERVER_NAME"] = self.alpha.host
            return client
        return self.alpha.client(column)

    def _token(self, column: str) -> str:
        tenant = self.beta if column == "stranger" else self.alpha
        actor = tenant.actors.get("programme_manager" if column == "stranger" else column)
        if actor is None:
            return "none"
        secret = f"shk_{column}"
        with scope(tenant.operator.pk, Audience.AUTH), as_actor(actor):
            ApiToken.objects.create(
                membership_id=actor.membership_id,
                name=column,
                prefix="shk",
                token_hash=hash_secret(secret),
                scopes=["all"],
            )
        return secret

    def status(self, route: Route, column: str) -> int:
        client = self.browsers[column]
        url = address(route, self.alpha, self.ids)
        headers = {"authorization": f"Bearer {self.tokens[column]}"} if route.name.startswith("api:") else {}
        return int(client.get(url, headers=headers).status_code)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock():
        found = World()
        if "RECORD_MATRIX" in os.environ:
            record(found)
        yield found
        call_command("flush", database="owner", interactive=False, verbosity=0, inhibit_post_migrate=True)


def record(world: World) -> None:
    """Every route, or those whose names contain the words in ``RECORD_MATRIX`` and new ones; the others keep their rows."""
    words = os.environ["RECORD_MATRIX"].split(",")
    kept = {} if words == ["1"] else recorded()
    lines = ["\t".join(["route", *COLUMNS])]
    for route in sorted(ROUTES, key=lambda route: route.name):
        old = None if any(word in route.name for word in words) else kept.get(route.name)
        row = old or {column: world.status(route, column) for column in COLUMNS}
        lines.append("\t".join([route.name, *(str(row[column]) for column in COLUMNS)]))
    FILE.write_text("\n".join(lines) + "\n")


def recorded() -> dict[str, dict[str, int]]:
    rows = [line.split("\t") for line in FILE.read_text().splitlines() if line]
    columns = rows[0][1:]
    return {row[0]: dict(zip(columns, map(int, row[1:]), strict=True)) for row in rows[1:]}


def test_the_matrix_names_every_route_and_no_other(world: World) -> None:
    assert sorted(recorded()) == sorted(route.name for route in ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_route_answers_as_the_matrix_says(world: World, route: Route) -> None:
    assert {column: world.status(route, column) for column in COLUMNS} == recorded()[route.name]


def test_nothing_fails() -> None:
    assert not [name for name, row in recorded().items() if max(row.values()) >= 500]


def test_a_stranger_reaches_nothing() -> None:
    """Another operator's manager is nobody here: login page, 401, 404 or a page that is open to everybody."""
    for name, row in recorded().items():
        assert row["stranger"] == row["nobody"], name
        assert row["stranger"] in (302, 401, 404, 405) or name in PUBLIC, name


PUBLIC = {
    "healthz",
    "readyz",
    "invitation",
    "api:schema",
    "applications:apply",
    "applications:sent",
    "directory:directory",
    "directory:partner",
    "directory:sent",
    "directory:wish",
    "directory:wished",
}


@pytest.mark.parametrize("label", talk.LABELS)
def test_strangers_reach_neither_words_nor_files(
    world: World, label: str, settings: Any, tmp_path: Path
) -> None:
    """Whatever domain registered the object: another partner, another operator's people and nobody see nothing of it."""
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / talk.STORED).parent.mkdir()
    (tmp_path / talk.STORED).write_bytes(b"%PDF-1.7")
    own = talk.of_p1(world.alpha, label)
    shared, internal = (talk.add(world.alpha, own, internal=kept) for kept in (False, True))
    for column in ("partner_owner@p2", "stranger", "nobody"):
        found = set(talk.answers(world.browsers[column], own, [shared, internal]))
        assert found <= set(talk.REFUSED), column
    assert world.browsers["partner_owner@p1"].get(f"/files/{internal.pk}/").status_code == 404
    theirs = partner_of(own) is not None
    assert world.browsers["partner_owner@p1"].get(f"/files/{shared.pk}/").status_code == (
        200 if theirs else 404
    )
    assert world.browsers["programme_manager"].get(f"/files/{internal.pk}/").status_code == 200


def test_deals_disputes_and_partners_can_be_talked_about() -> None:
    assert {"deals.deal", "incentives.dispute", "partners.partner"} <= set(talk.LABELS)
