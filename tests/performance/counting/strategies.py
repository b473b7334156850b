"""Random KPIs and lines of the market, for hypothesis."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from performance.enums import Beneficiary, DateBase, Measure, PeriodKind
from tests.performance.counting.market import Market

KINDS, SOURCES = ["sale", "renewal", "satisfaction"], ["erp", "crm"]
FIRST = date(2023, 12, 20)

_lists = {
    "kinds": KINDS,
    "products": ["p00", "p01", "p10", "p20"],
    "families": ["f0", "f1", "f2"],
    "layers": ["cloud", "security"],
    "segments": ["sme", "large"],
    "territories": ["country", "province", "city"],
    "engagement_models": ["sell_to", "referral"],
    "contributions": ["sell", "refer"],
    "roles": ["reseller", "distributor", "msp"],
    "sources": SOURCES,
}
_filters = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True)
            for name, codes in _lists.items()
        },
        "new_customer": st.booleans(),
        "attributes": st.sampled_from([{"channel": "shop"}, {"channel": "web", "vip": "yes"}]),
    },
)


def _few(filters: dict[str, Any], keep: list[int]) -> dict[str, Any]:
    """At most two filters at once: more let nothing through."""
    names = sorted(filters)
    return {names[place % len(names)]: filters[names[place % len(names)]] for place in keep} if names else {}


@st.composite
def kpis(draw: st.DrawFn) -> dict[str, Any]:
    measure, period = draw(st.sampled_from(Measure.values)), draw(st.sampled_from(PeriodKind.values))
    filters = _few(draw(_filters), draw(st.lists(st.integers(0, 20), max_size=2)))
    if measure == Measure.NEW_CUSTOMERS:
        filters.pop("new_customer", None)
    return {
        "measure": measure,
        "period": period,
        "rolling_months": draw(st.integers(2, 5)) if period == PeriodKind.ROLLING else None,
        "beneficiary": draw(st.sampled_from(Beneficiary.values)),
        "base": draw(st.sampled_from(DateBase.values)),
        "filters": filters,
    }


def _number(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(-1000, 1000, places=places, allow_nan=False, allow_infinity=False)


@st.composite
def credits(draw: st.DrawFn, market: Market) -> dict[str, Any]:
    """Fields of one credit; ``sign`` -1 takes back a line that may never have been."""
    day = FIRST + timedelta(days=draw(st.integers(0, 400)))
    sign = draw(st.sampled_from([1, 1, 1, 0, -1]))
    collected = draw(st.one_of(st.none(), st.integers(0, 120)))
    known: dict[str, list[int]] = {
        "product_id": list(market.facts.products),
        "customer_id": list(market.facts.customers),
        "segment_id": list(market.facts.segments),
        "territory_id": list(market.facts.territories),
        "rep_id": [rep.pk for rep in market.reps],
    }
    maybe = {name: draw(st.one_of(st.none(), st.sampled_from(found))) for name, found in known.items()}
    return {
        **maybe,
        "day": day,
        "collected_day": None if collected is None else day + timedelta(days=collected),
        "sign": sign,
        "partner_id": draw(st.sampled_from([partner.pk for partner in market.partners])),
        "kind": draw(st.sampled_from(KINDS)),
        "source": draw(st.sampled_from(SOURCES)),
        "engagement_model": draw(st.sampled_from(["", "sell_to", "referral"])),
        "contribution": draw(st.sampled_from(["", "sell", "refer"])),
        "share": draw(st.sampled_from([Decimal(1), Decimal("0.5"), Decimal("0.333333")])),
        "amount": draw(_number(6)),
        "quantity": draw(_number(2)),
        "margin": draw(st.one_of(st.none(), _number(4))),
        "attributes": draw(
            st.sampled_from(
                [None, {}, {"channel": "shop"}, {"channel": "web", "vip": "yes"}, {"channel": "web"}]
            )
        ),
    }
