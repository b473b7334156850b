"""Believable transactions: seasons, growth, favourites, returns, surveys and training."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import pi, sin
from random import Random
from typing import Any

from common.money import exponent, unit
from portal.demo.master import Demo
from portal.demo.offer import FAMILIES, Item

DAYS = 548
ITEMS: list[Item] = [item for family in FAMILIES for item in family[5]]
WEIGHTS = [item.weight for item in ITEMS]
KINDS = ["sale", "renewal", "activation", "satisfaction", "training", "certificate"]
KIND_WEIGHTS = [66, 20, 8, 4, 1.4, 0.6]
Line = dict[str, str]


class Maker:
    """Makes lines one after the other from one random source."""

    def __init__(self, demo: Demo, rng: Random, customers: list[str]) -> None:
        self.demo, self.rng, self.customers = demo, rng, customers
        self.codes = [code for code, *_ in demo.partners]
        self.reps = {code: reps for code, *_, reps in demo.partners}
        self.cent = unit(exponent(demo.place.currency))
        self.weights: list[float] = []
        self.move_to(DAYS)

    def move_to(self, day: int) -> None:
        """Partners grow and shrink as the days go by."""
        self.weights = [weight * (1 + growth * day / DAYS) for _, weight, growth, _ in self.demo.partners]

    def line(self, reference: str, moment: datetime) -> Line:
        """One line of business at ``moment`` (UTC)."""
        rng = self.rng
        partner = rng.choices(self.codes, self.weights)[0]
        kind = rng.choices(KINDS, KIND_WEIGHTS)[0]
        line = {
            "source": "billing",
            "external_id": reference,
            "kind": kind,
            "occurred_at": moment.isoformat(),
            "partner": partner,
            "rep": rng.choice(self.reps[partner]),
            "currency": self.demo.place.currency,
        }
        if kind in ("training", "certificate"):
            return {**line, "source": "academy", "quantity": "1", "amount": "0"}
        line["customer"] = self.customer_of(partner)
        if kind == "satisfaction":
            score = rng.choices([2, 3, 4, 5], [1, 2, 5, 4])[0]
            return {**line, "source": "survey", "quantity": "1", "amount": str(score)}
        return line | self.business(kind)

    def business(self, kind: str) -> Line:
        item = self.rng.choices(ITEMS, WEIGHTS)[0]
        quantity = min(1 + int(self.rng.expovariate(0.8)), 20)
        price = item.price * self.demo.place.unit
        paid = Decimal(price * quantity) * (Decimal(70 + self.rng.randrange(45)) / 100)
        amount = Decimal(0) if kind == "activation" else paid.quantize(self.cent)
        return {
            "product": item.code,
            "quantity": str(quantity),
            "amount": str(amount),
            "engagement_model": self.rng.choices(["sell_to", "sell_with", "referral"], [7, 2, 1])[0],
            "contribution": "sell",
        }

    def customer_of(self, partner: str) -> str:
        """Partners have their own circle of customers, and now and then meet another."""
        if self.rng.random() < 0.15:
            return self.rng.choice(self.customers)
        size = max(len(self.customers) // 30, 5)
        start = self.codes.index(partner) * size % len(self.customers)
        return self.customers[(start + self.rng.randrange(size)) % len(self.customers)]


def history(
    demo: Demo, rng: Random, customers: list[str], now: datetime
) -> Iterator[tuple[int, dict[str, Any]]]:
    """``demo.place.lines`` numbered lines over the 18 months before ``now``, oldest first; some are taken back."""
    maker = Maker(demo, rng, customers)
    first = (now - timedelta(days=DAYS)).astimezone(UTC)
    weights = [_busy(demo, first, day) for day in range(DAYS)]
    number = 0
    for day, weight in enumerate(weights):
        maker.move_to(day)
        for _ in range(round(demo.place.lines * weight / sum(weights))):
            number += 1
            moment = first + timedelta(days=day, seconds=rng.randrange(24 * 3600))
            line = maker.line(f"{demo.place.slug}-{number:07d}", moment)
            yield number, line
            if line["kind"] == "sale" and rng.random() < 0.015:
                number += 1
                yield (
                    number,
                    _return(line, f"{demo.place.slug}-{number:07d}", min(moment + timedelta(days=9), now)),
                )


def _busy(demo: Demo, first: datetime, day: int) -> float:
    """How busy a day is: growing business, a season, quiet week-ends."""
    season = 1 + 0.25 * sin(2 * pi * day / 365) + 0.5 * day / DAYS
    return season * (0.35 if (first + timedelta(days=day)).isoweekday() in demo.place.weekend else 1)


def _return(line: Line, reference: str, moment: datetime) -> Line:
    """The whole line comes back; what it leaves out is taken from the original."""
    return {
        "source": line["source"],
        "external_id": reference,
        "occurred_at": moment.isoformat(),
        "reverses": line["external_id"],
    }
