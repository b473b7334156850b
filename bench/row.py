"""Single-line posts per second through the whole application, against a bare Django view that inserts one row.

Both answer the same JSON request through Django's WSGI handler in this process, turn by turn in one run. The bare view has
no middleware, no tenant, no token and no checks: it reads the JSON, inserts one row with a unique reference and commits. Its
connection is kept open and checked like the application's.
"""

import io
import json
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import Any

from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from bench.feeding import lines, make_operator
from bench.result import Result

ROUNDS, POSTS, WARM = 5, 150, 30
_TABLE = """
drop table if exists bench_row;
create table bench_row (id bigint generated always as identity primary key, source text, external_id text, kind text,
  occurred_at date, partner text, rep text, product text, customer text, territory text, quantity numeric,
  amount numeric, unique (source, external_id));
grant insert on bench_row to public
"""
_INSERT = """
insert into bench_row (source, external_id, kind, occurred_at, partner, rep, product, customer, territory, quantity, amount)
values (%(source)s, %(external_id)s, %(kind)s, %(occurred_at)s, %(partner)s, %(rep)s, %(product)s, %(customer)s,
  %(territory)s, %(quantity)s, %(amount)s)
"""
Post = Callable[[bytes], None]


@csrf_exempt
def bare(request: HttpRequest) -> JsonResponse:
    """One row in, in a transaction per request and over a kept connection, as the application's settings say."""
    with connections["default"].cursor() as cursor:
        cursor.execute(_INSERT, json.loads(request.body)["lines"][0])
    return JsonResponse({"accepted": 1})


urlpatterns: list[URLPattern] = [path("api/v1/transactions/", bare)]


def bodies(first: int) -> Iterator[bytes]:
    """Requests of one line each, none twice."""
    for line in lines(10**9, first):
        yield json.dumps({"lines": [line]}).encode()


def client(host: str, secret: str) -> Post:
    """Posts through a handler that is made from the settings of this moment."""
    from django.core.handlers.wsgi import WSGIHandler

    handler = WSGIHandler()

    def post(body: bytes) -> None:
        answered: list[str] = []

        def answer(status: str, headers: Any, exc_info: Any = None, /) -> Callable[[bytes], object]:
            answered.append(status)
            return bytes

        response = handler(
            {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": "/api/v1/transactions/",
                "SERVER_NAME": host,
                "SERVER_PORT": "80",
                "HTTP_HOST": host,
                "HTTP_AUTHORIZATION": f"Bearer {secret}",
                "CONTENT_TYPE": "application/json",
                "CONTENT_LENGTH": str(len(body)),
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "wsgi.url_scheme": "http",
            },
            answer,
        )
        content = b"".join(response)
        response.close()
        if answered != ["200 OK"] or json.loads(content)["accepted"] != 1:
            raise ValueError(f"{answered}: {content[:300]!r}")

    return post


@contextmanager
def without_middleware() -> Iterator[None]:
    """The settings of a bare project: this module's addresses and nothing around them."""
    from django.test.utils import override_settings

    with override_settings(MIDDLEWARE=[], ROOT_URLCONF="bench.row"):
        yield


def token(operator: Any) -> str:
    """A token of a programme manager at ``operator``."""
    from tenancy.access import as_actor
    from tenancy.actors import actor_of
    from tenancy.enums import Audience
    from tenancy.scope import scope
    from tenancy.services import add_membership, create_token, ensure_person

    with scope(operator.pk, Audience.AUTH):
        person = ensure_person(email="row@bench.example", name="Row")
        actor = actor_of(add_membership(person, role="programme_manager"), operator)
        with as_actor(actor):
            return create_token(actor, name="row", scopes=["transactions:write"])[1]


def rate(post: Post, source: Iterator[bytes], number: int) -> float:
    """Posts per second."""
    ready = [next(source) for _ in range(number)]
    start = perf_counter()
    for body in ready:
        post(body)
    return number / (perf_counter() - start)


def run() -> dict[str, Result]:
    """Median of each side; ``runs`` are the ratios of the rounds."""
    operator = make_operator("row").operator
    with connections["owner"].cursor() as cursor:
        cursor.execute(_TABLE)
    ours = client(operator.host, token(operator))
    with without_middleware():
        theirs = client(operator.host, "")
    sources = bodies(0), bodies(0)
    measured: tuple[list[float], list[float]] = ([], [])
    for round_ in count():
        posts = POSTS if round_ else WARM
        fast = rate(ours, sources[0], posts)
        with without_middleware():
            plain = rate(theirs, sources[1], posts)
        if round_:
            measured[0].append(fast)
            measured[1].append(plain)
        if round_ == ROUNDS:
            break
    ratios = [round(a / b, 3) for a, b in zip(*measured, strict=True)]
    own, bare_rate = map(statistics.median, measured)
    print(f"  {own:,.0f} posts/s against {bare_rate:,.0f}")
    return {"row": Result(round(own / bare_rate, 3), 0.5, "ratio", "higher", ratios)}
