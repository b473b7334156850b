"""``page``: server time of a partner's home with 2,000,000 lines against 20,000 lines (ids page_ratio, page_p95).

Two operators of the same shape (60 partners, five KPIs, two schemes, six quarters) differ in the number of their
credits only. Credits, measurements and accruals are written by SQL, as the engine would leave them; the page is
fetched by a logged-in owner through the whole stack of the web with Django's client, the two by turns.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from statistics import median, quantiles
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings

from bench.result import Result
from config.databases import login_password

SMALL, LARGE = 20_000, 2_000_000
PARTNERS = 60
ROUNDS, PER_ROUND, WARM = 5, 60, 10
DAYS = 548

_CREDITS = """
insert into performance_credit (operator_id, source, external_id, revision, position, sign, digest, kind, occurred_at,
  day, partner_id, rep_id, product_id, customer_id, segment_id, territory_id, engagement_model, contribution, share,
  quantity, amount, margin, line_amount, currency, reverses, attributes, collected_day)
select %(op)s, 'bench', 'b' || n, 1, 0, 1, decode(md5(n::text), 'hex'), 'sale', d.day + interval '9 hours', d.day,
  (%(partners)s::bigint[])[1 + n %% %(count)s], null, (%(products)s::bigint[])[1 + (n / 7) %% %(kinds)s], null, null,
  null, 'sell_to', 'sell', 1, 1, 100 + n %% 900, null, 100 + n %% 900, 'USD', '', null, null
from generate_series(%(first)s, %(last)s) n
cross join lateral (select (%(start)s::date + (n::bigint * %(days)s / %(lines)s)::int) as day) d
"""
_CHUNK = 100_000
#: Static files by their plain names: nothing has to be collected first.
_PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def run() -> dict[str, Result]:
    """Build both operators, then measure them by turns; the ratio compares the medians of each round."""
    with (
        _every_audience(),
        override_settings(STORAGES=settings.STORAGES | _PLAIN, ALLOWED_HOSTS=[".localhost"]),
    ):
        clients = {size: _client(_operator(size), size) for size in (SMALL, LARGE)}
        _vacuum()
        rounds = [_round(clients, WARM), *(_round(clients, PER_ROUND) for _each in range(ROUNDS))][1:]
    ratios = [median(times[LARGE]) / median(times[SMALL]) for times in rounds]
    tails = [quantiles(times[LARGE], n=20)[-1] * 1000 for times in rounds]
    return {
        "page_ratio": Result(median(ratios), 1.15, "ratio", "lower", ratios),
        "page_p95": Result(median(tails), 80, "ms", "lower", tails),
    }


@contextmanager
def _every_audience() -> Iterator[None]:
    """One process plays worker and web: it speaks through the login of tests, which may become either."""
    login = "sharik_test"
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"USER": login, "PASSWORD": login_password(settings.SECRET_KEY, login)}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= {name: before[name] for name in ("USER", "PASSWORD")}


def _round(clients: dict[int, Client], times: int) -> dict[int, list[float]]:
    """Seconds of each of ``times`` answers per operator, fetched by turns so that both meet the same machine."""
    found: dict[int, list[float]] = {size: [] for size in clients}
    for _each in range(times):
        for size, client in clients.items():
            found[size].append(_fetch(client))
    return found


def _fetch(client: Client) -> float:
    """Seconds of one answer; raises ``RuntimeError`` for one that is not the page."""
    begin = time.perf_counter()
    response = client.get("/")
    seconds = time.perf_counter() - begin
    if response.status_code != 200 or b"home-hero" not in response.content:
        raise RuntimeError(f"no home: {response.status_code}")
    return seconds


def _vacuum() -> None:
    """What autovacuum does in time: the planner knows both sizes."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze performance_credit")
        cursor.execute("analyze performance_measurement, incentives_accrual")


def _operator(lines: int) -> Any:
    from performance.headline import last_periods
    from performance.models import Kpi
    from tenancy.access import scope_of
    from tenancy.actors import system_actor
    from tenancy.services import create_operator

    operator = create_operator(
        slug=f"page{lines}",
        name="Page",
        languages=["en"],
        calendar="gregorian",
        currency="USD",
        time_zone="UTC",
    )
    actor = system_actor(operator)
    today = date.today()  # noqa: DTZ011 - the operator's zone is UTC
    with scope_of(actor):
        partners, products = _master()
        _kpis(actor)
        _schemes(actor, today)
        _credits(operator.pk, lines, partners, products, today)
        for kpi in Kpi.objects.all():
            _measure(kpi, last_periods(actor, kpi, today, 7))
    _accrue(actor)
    return operator


def _master() -> tuple[list[int], list[int]]:
    from catalog.models import Family, Product
    from partners.models import Partner
    from partners.tree import relink

    family = Family.objects.create(code="cloud", name="Cloud", layer="cloud")
    products = [
        Product.objects.create(code=f"p{n}", name=f"Product {n}", family=family).pk for n in range(20)
    ]
    partners = [Partner.objects.create(code=f"p{n}", name=f"Partner {n}").pk for n in range(PARTNERS)]
    relink(partners)
    return partners, products


def _kpis(actor: Any) -> None:
    from performance.services import create_kpi

    create_kpi(actor, code="sales", name="Sales", measure="sum_amount")
    create_kpi(actor, code="cloud_sales", name="Cloud", measure="sum_amount", filters={"layers": ["cloud"]})
    create_kpi(actor, code="orders", name="Orders", measure="count")
    create_kpi(actor, code="units", name="Units", measure="sum_quantity", period="month")
    create_kpi(actor, code="year_sales", name="Year", measure="sum_amount", period="year")


def _schemes(actor: Any, today: date) -> None:
    from incentives.services import SchemeData, VersionData, create_scheme, publish_version

    tables = {
        "volume": "volume: marginal(sales, [0 -> 1%, 10k -> 2%, 1bn -> 3%])",
        "cloud": "cloud: cloud_sales * band(cloud_sales, [0 -> 1%, 2bn -> 2%])",
    }
    for code, formula in tables.items():
        data = VersionData(formula=formula, starts=today - timedelta(days=DAYS))
        draft = create_scheme(actor, scheme=SchemeData(code=code, name=code.title()), version=data)
        publish_version(actor, version_id=draft.pk)


def _credits(operator: int, lines: int, partners: list[int], products: list[int], today: date) -> None:
    start = today - timedelta(days=DAYS - 1)
    with connection.cursor() as cursor:
        for first in range(0, lines, _CHUNK):
            cursor.execute(_CREDITS, {
                "op": operator, "partners": partners, "count": len(partners), "products": products,
                "kinds": len(products), "start": start, "days": DAYS, "lines": lines, "first": first,
                "last": min(first + _CHUNK, lines) - 1,
            })  # fmt: skip


def _measure(kpi: Any, periods: list[Any]) -> None:
    """Measurements straight from the credits."""
    from django.db.models import Count, Sum

    from performance.models import Credit, Measurement

    for period in periods:
        inside = Credit.objects.filter(day__gte=period.start, day__lt=period.end)
        value = (
            Count("pk")
            if kpi.measure == "count"
            else Sum("amount" if "amount" in kpi.measure else "quantity")
        )
        rows = inside.order_by().values("partner_id").annotate(value=value, n=Count("pk"))
        Measurement.objects.bulk_create(
            Measurement(
                kpi=kpi,
                period=period.code,
                partner_id=row["partner_id"],
                value=Decimal(row["value"]),
                lines=row["n"],
            )
            for row in rows
        )


def _accrue(actor: Any) -> None:
    from incentives.accrual import evaluate_periods
    from incentives.accrual.affected import Change
    from performance.models import Measurement
    from tenancy.access import scope_of

    with scope_of(actor):
        rows = Measurement.objects.values_list("kpi_id", "period", "partner_id", "rep_id")
        evaluate_periods(actor, [Change(*row) for row in rows])


def _client(operator: Any, size: int) -> Client:
    """A logged-in owner of the first partner."""
    from django.contrib.auth import get_user_model

    from partners.models import Partner
    from tenancy.enums import Audience
    from tenancy.scope import scope
    from tenancy.services import add_membership, ensure_person

    email = f"owner@page{size}.example"
    client = Client(SERVER_NAME=operator.host.split(":")[0])
    with scope(operator.pk, Audience.AUTH):
        person = ensure_person(email=email, name="Owner", password=None)
        member = add_membership(person, role="partner_owner", partner_id=Partner.objects.get(code="p0").pk)
        client.force_login(get_user_model().objects.get(pk=person.pk))
        session = client.session
        session["operator"], session["membership"] = operator.pk, member.pk
        session.save()
    return client
