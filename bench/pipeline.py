"""``pipeline``: server time of board, list, figures and goals with 20,000 deals (ids pipeline_board, _list, _figures, _goals).

The 95th percentile of whole answers to a logged-in programme manager, who sees every deal, through the whole stack of the web.
"""

import gc
import time
from statistics import quantiles
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings
from django.utils import timezone

from bench.page import _PLAIN, _every_audience
from bench.result import Result

DEALS, TIMES, WARM, GOAL = 20_000, 40, 3, 300
PAGES = {
    "board": "/pipeline/",
    "list": "/pipeline/list/",
    "figures": "/pipeline/figures/",
    "goals": "/pipeline/goals/",
}
_DEALS = """
insert into deals_deal (operator_id, ref, version, state, source, partner_id, author_name, programme, engagement_model,
  customer_name, legal_id, country, customer_number, domain, city, territory_id, segment_id, contact_name, contact_email,
  contact_phone, expected_close, value, currency, description, presales, competitor, mdf_used, help_wanted, created_at,
  updated_at, active_at, external_id, submitted_at, asked_fields, protected_until, closed_at, won_on, won_amount, lost_to, reason, resubmissions)
select %(op)s, 'B-' || n, 1, s.state, 'portal', p.id, '', '', 'sell_to', 'Customer ' || n, '', '', '', '', '', t.id, g.id,
  '', '', '', current_date + (n %% 200) - 50, 1000 + n %% 9000, 'USD', '', '[]', '', false, '', d.begun, now(), d.begun, '', d.begun,
  '{}', current_date + 30, case when s.state in ('won', 'lost') then d.begun + interval '40 days' end,
  case when s.state = 'won' then (d.begun + interval '40 days')::date end, case when s.state = 'won' then 1000 + n %% 9000 end,
  '', '', 0
from generate_series(1, %(deals)s) n
cross join lateral (select (array['submitted', 'under_review', 'information_required', 'approved', 'won', 'lost'])[1 + n %% 6] as state) s
cross join lateral (select now() - (n %% 300) * interval '1 day' as begun) d
join partners_partner p on p.operator_id = %(op)s and p.code = 'd' || (n %% 400)
join catalog_territory t on t.operator_id = %(op)s and t.code = 't' || (n %% 400)
join catalog_segment g on g.operator_id = %(op)s and g.code = 's' || (n %% 4)
"""
_LINES = """
insert into deals_dealline (operator_id, deal_id, partner_id, position, state, product_id, quantity, one_off, monthly, term_months, amount)
select %(op)s, d.id, d.partner_id, place, 'active', p.id, 1, d.value / 2, 0, 0, d.value / 2
from deals_deal d cross join generate_series(0, 1) place
join catalog_product p on p.operator_id = %(op)s and p.code = 'p' || ((d.id * 7 + place * 13) %% 300)
where d.operator_id = %(op)s
"""


def run() -> dict[str, Result]:
    from bench.marketplace import build
    from tenancy.enums import Audience
    from tenancy.scope import scope

    with (
        _every_audience(),
        override_settings(STORAGES=settings.STORAGES | _PLAIN, ALLOWED_HOSTS=[".localhost"]),
    ):
        operator = build("pipeline").operator
        with scope(operator.pk, Audience.WORKER):
            for statement in (_DEALS, _LINES):
                with connection.cursor() as cursor:
                    cursor.execute(statement, {"op": operator.pk, "deals": DEALS})
            _goals()
        with connections["owner"].cursor() as cursor:
            cursor.execute("analyze")
        client = _client(operator)
        return {f"pipeline_{name}": _measure(client, address) for name, address in PAGES.items()}


def _goals() -> None:
    """A target of the running quarter for each partner and five KPIs."""
    from partners.models import Partner
    from performance.models import Kpi, KpiTarget

    now = timezone.now().date()
    quarter = f"{now.year}-Q{(now.month + 2) // 3}"
    kpis = list(Kpi.objects.filter(measure="sum_amount", beneficiary="partner")[:5])
    KpiTarget.objects.bulk_create(
        KpiTarget(kpi=kpi, partner=partner, period=quarter, value=100_000)
        for partner in Partner.objects.all()
        for kpi in kpis
    )


def _measure(client: Client, address: str) -> Result:
    times = []
    for each in range(WARM + TIMES):
        if each == WARM:  # as config/wsgi.py does, and without what earlier benchmarks left
            gc.collect()
            gc.freeze()
        begin = time.perf_counter()
        response = client.get(address)
        times.append((time.perf_counter() - begin) * 1000)
        if response.status_code != 200:
            raise RuntimeError(f"{address}: {response.status_code}")
    return Result(quantiles(times[WARM:], n=20)[-1], GOAL, "ms", "lower", times[WARM:])


def _client(operator: Any) -> Client:
    from django.contrib.auth import get_user_model

    from tenancy.enums import Audience
    from tenancy.scope import scope
    from tenancy.services import add_membership, ensure_person

    client = Client(SERVER_NAME=operator.host.split(":")[0])
    with scope(operator.pk, Audience.AUTH):
        person = ensure_person(email="manager@pipeline.example", name="Manager", password=None)
        member = add_membership(person, role="programme_manager", partner_id=None)
        client.force_login(get_user_model().objects.get(pk=person.pk))
        session = client.session
        session["operator"], session["membership"] = operator.pk, member.pk
        session.save()
    return client
