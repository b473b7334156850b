"""What load balancers ask: alive without a tenant, ready only with every part."""

import pytest
from django.conf import settings as base
from django.test import Client
from pytest_django.fixtures import Settings

from config.embedded.processes import free_port


def test_alive_without_tenant_and_without_query(client: Client) -> None:
    """A database access would fail here: this test asks for no database."""
    answer = client.get("/healthz", headers={"host": "localhost"})
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_alive_whatever_session_a_browser_sends(client: Client) -> None:
    client.cookies[base.SESSION_COOKIE_NAME] = "a" * 32
    assert client.get("/healthz", headers={"host": "localhost"}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_ready_when_every_part_is(client: Client) -> None:
    answer = client.get("/readyz", headers={"host": "localhost"})
    assert answer.json() == {"ready": True, "database": "ok", "migrations": "ok", "broker": "ok"}
    assert answer.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_not_ready_without_broker(client: Client, settings: Settings) -> None:
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    answer = client.get("/readyz", headers={"host": "localhost"})
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": "ok", "migrations": "ok", "broker": "down"}
