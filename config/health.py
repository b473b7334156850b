"""Is the process alive, and is it ready to serve: asked by load balancers and by ``make demo``, without a tenant."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError

from tenancy.enums import Audience
from tenancy.scope import scope


@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@transaction.non_atomic_requests
def readyz(request: HttpRequest) -> JsonResponse:
    """Each part with its state; 503 when one of them is not ready."""
    parts = {"database": _database, "migrations": _migrations, "broker": _broker}
    states = {name: _state(check) for name, check in parts.items()}
    ready = all(state == "ok" for state in states.values())
    return JsonResponse({"ready": ready, **states}, status=200 if ready else 503)


def _state(check: Callable[[], bool]) -> str:
    try:
        return "ok" if check() else "pending"
    except (DatabaseError, BrokerError, OSError):
        return "down"


def _database() -> bool:
    with connections["default"].cursor() as cursor:
        cursor.execute("select 1")
        return bool(cursor.fetchone())


def _migrations() -> bool:
    # The login itself reads nothing; every audience reads the list of migrations.
    with scope(None, Audience.AUTH):
        executor = MigrationExecutor(connections["default"])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker() -> bool:
    with Connection(settings.CELERY_BROKER_URL, connect_timeout=2) as broker:
        broker.ensure_connection(max_retries=1)
    return True
