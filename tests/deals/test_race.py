"""Many partners want one customer at the same instant, through the API: one gets it, the others wait by rank."""

import http.client
import json
import socketserver
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.db import connection, connections

from config.wsgi import application
from deals.enums import DealState, WaitingState
from deals.models import Deal, DealForm, Slot, WaitingEntry
from deals.services.cases import decide_case
from deals.services.drafts import create_draft
from deals.services.submission import submit_deal, withdraw_deal
from tests.api.kit import token_for
from tests.deals.kit import fields, market
from tests.kit.world import Tenant, make_partner, make_tenant

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
THREADS = 200
#: Connections of the database that the server opens; the other callers wait at its door.
WORKERS = 40
ROUNDS = 3


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class Pool(socketserver.ThreadingMixIn, WSGIServer):
    """A server with a fixed number of threads, each with its own connection of the database."""

    request_queue_size = 512
    daemon_threads = True

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.pool = ThreadPoolExecutor(WORKERS)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.pool.submit(self.process_request_thread, request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


@contextmanager
def serving() -> Iterator[int]:
    """The application behind a real socket; its port."""
    server = make_server("127.0.0.1", 0, application, server_class=Pool, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.pool.shutdown()
        server.server_close()


def call(port: int, tenant: Tenant, secret: str, path: str) -> tuple[int, Any]:
    http_connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Host": tenant.host, "Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    http_connection.request("POST", f"/api/v1/{path}", "{}", headers)
    answer = http_connection.getresponse()
    body = json.loads(answer.read())
    http_connection.close()
    return answer.status, body


def all_at_once(port: int, tenant: Tenant, calls: list[tuple[str, str]]) -> list[tuple[int, Any]]:
    """Each ``(token, path)`` in a thread of its own, all starting together; the answers in the same order."""
    start = threading.Barrier(len(calls))
    answers: list[Any] = [None] * len(calls)

    def one(number: int) -> None:
        start.wait(60)
        answers[number] = call(port, tenant, *calls[number])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    return answers


@pytest.fixture
def tenant(transactional_db: Any) -> Iterator[Tenant]:
    made = make_tenant("alpha")
    with made.scope():
        market()
    yield made
    connection.close()


def drafts(tenant: Tenant, number: int, legal_id: str) -> list[str]:
    """So many drafts about one customer, by the two partners in turn, and some of its other product of the family."""
    refs = []
    for index in range(number):
        who = ("partner_owner@p1", "partner_owner@p2")[index % 2]
        with tenant.scope(who):
            product = ("fiber", "lte")[index // 2 % 2]
            refs.append(create_draft(tenant.actors[who], fields=fields(legal_id, product)).ref)
    return refs


def tokens(tenant: Tenant) -> list[str]:
    return [token_for(tenant, f"partner_owner@{code}") for code in ("p1", "p2")]


def test_of_two_hundred_submissions_at_once_one_is_protected(tenant: Tenant) -> None:
    with tenant.scope():
        DealForm.objects.create(auto_limit=10**9)
    secrets = tokens(tenant)
    with serving() as port:
        for number in range(ROUNDS):
            refs = drafts(tenant, THREADS, f"C-{number}")
            calls = [(secrets[index % 2], f"deals/{ref}/submit/") for index, ref in enumerate(refs)]
            answers = all_at_once(port, tenant, calls)
            assert {status for status, _ in answers} == {200}
            states = [body["state"] for _, body in answers]
            assert sorted(set(states)) == ["approved", "duplicate"]
            assert states.count("approved") == 1
            _check_queue(tenant, refs)


def _check_queue(tenant: Tenant, refs: list[str]) -> None:
    """The protected one has the first rank; the queue holds all the others in the order of theirs."""
    with tenant.scope():
        deals = list(Deal.objects.filter(ref__in=refs).order_by("submitted_at", "pk"))
        assert [deal.state for deal in deals] == [DealState.APPROVED] + [DealState.DUPLICATE] * (
            len(refs) - 1
        )
        entries = WaitingEntry.objects.filter(deal__ref__in=refs).order_by("rank_at", "deal_id")
        assert [entry.deal_id for entry in entries] == [deal.pk for deal in deals[1:]]
        assert {entry.state for entry in entries} == {WaitingState.QUEUED}
        assert len({deal.submitted_at for deal in deals}) == len(refs)
        assert set(Slot.objects.filter(active=True, deal__in=deals).values_list("deal_id", flat=True)) == {
            deals[0].pk
        }
    who = _owner_of(tenant, deals[0])
    with tenant.scope(who):
        withdraw_deal(tenant.actors[who], ref=deals[0].ref)
    with tenant.scope():
        moved = WaitingEntry.objects.get(state=WaitingState.OFFERED, deal__ref__in=refs)
        assert moved.deal_id == deals[1].pk


def _owner_of(tenant: Tenant, deal: Deal) -> str:
    code = next(code for code, partner in tenant.partners.items() if partner.pk == deal.partner_id)
    return f"partner_owner@{code}"


def test_of_many_approvals_at_once_one_is_protected(tenant: Tenant) -> None:
    secret = token_for(tenant, "programme_manager")
    with serving() as port:
        for number in range(ROUNDS):
            refs = drafts(tenant, 24, f"D-{number}")
            for index, ref in enumerate(refs):
                who = ("partner_owner@p1", "partner_owner@p2")[index % 2]
                with tenant.scope(who):
                    submit_deal(tenant.actors[who], ref=ref)
            _dismiss_cases(tenant, refs)
            answers = all_at_once(port, tenant, [(secret, f"deals/{ref}/approve/") for ref in refs])
            assert sorted({status for status, _ in answers}) == [200, 409]
            assert [status for status, _ in answers].count(200) == 1
            with tenant.scope():
                states = list(Deal.objects.filter(ref__in=refs).values_list("state", flat=True))
                assert states.count(DealState.APPROVED) == 1
                assert states.count(DealState.DUPLICATE) == len(refs) - 1
                assert WaitingEntry.objects.filter(deal__ref__in=refs).count() == len(refs) - 1


def _dismiss_cases(tenant: Tenant, refs: list[str]) -> None:
    boss = tenant.actors["programme_manager"]
    with tenant.scope("programme_manager"):
        for ref in refs[1:]:
            decide_case(boss, ref=ref, decision="go_on", reason="other")


def test_a_customer_known_by_different_numbers_is_still_one(tenant: Tenant) -> None:
    """One names the legal id, one the domain, one both: whoever is first holds it for all."""
    with tenant.scope():
        DealForm.objects.create(auto_limit=10**9)
        make_partner("p3")
    names: list[dict[str, Any]] = [
        {"legal_id": "E-1", "domain": "shop.example.ae"},
        {"legal_id": "", "domain": "www.example.ae"},
        {"legal_id": "E-1"},
        {"legal_id": "", "contact_email": "info@sub.example.ae"},
    ]
    secrets = tokens(tenant)
    with serving() as port:
        refs = []
        for index in range(40):
            who = ("partner_owner@p1", "partner_owner@p2")[index % 2]
            with tenant.scope(who):
                refs.append(create_draft(tenant.actors[who], fields=fields(**names[index // 2 % 4])).ref)
        answers = all_at_once(
            port, tenant, [(secrets[index % 2], f"deals/{ref}/submit/") for index, ref in enumerate(refs)]
        )
    with tenant.scope():
        held = Slot.objects.filter(active=True).values_list("key", "family_id")
        assert len(set(held)) == len(held)
        winners = [body for _, body in answers if body["state"] == "approved"]
        # A registration by legal id alone and one by domain alone have nothing in common until a third has both.
        assert 1 <= len(winners) <= 2


def test_two_first_autosaves_at_once_make_one_draft(tenant: Tenant) -> None:
    who, start = "partner_owner@p1", threading.Barrier(8)

    def one(number: int) -> str:
        try:
            start.wait(60)
            with tenant.scope(who):
                given = fields(customer_name=f"Typed {number}")
                return create_draft(tenant.actors[who], fields=given, draft_key="a" * 32).ref
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        refs = set(pool.map(one, range(8)))
    with tenant.scope():
        assert {deal.ref for deal in Deal.objects.all()} == refs
        assert Deal.objects.get().version == 8
