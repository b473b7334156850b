"""``trickle``: new transactions for a demo operator, so that its screens visibly live."""

import time
from argparse import ArgumentParser, ArgumentTypeError
from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from catalog.models import Customer
from partners.models import Rep
from performance.feed.intake import receive_lines
from portal.demo.lines import Maker
from portal.demo.master import Demo
from portal.demo.places import PLACES, Place
from tenancy.access import find_operator, scope_of
from tenancy.actors import Actor, system_actor
from tenancy.commands import refusals


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 1000:
        raise ArgumentTypeError("more than 0, at most 1000")
    return rate


class Command(BaseCommand):
    help = "Feed new demo transactions for a while."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", required=True, choices=[place.slug for place in PLACES])
        parser.add_argument("--seconds", type=int, default=600, help="how long")
        parser.add_argument("--rate", type=_rate, default=1.0, help="lines per second")

    def handle(self, *args: Any, **options: Any) -> None:
        place = next(place for place in PLACES if place.slug == options["operator"])
        with refusals():
            actor = system_actor(find_operator(place.slug), "trickle")
            maker = _maker(actor, place)
            pause = max(1.0, 1 / options["rate"])
            for number in range(max(round(options["seconds"] / pause), 1)):
                if number:
                    time.sleep(pause)
                _send(actor, maker, max(1, round(options["rate"])))


def _maker(actor: Actor, place: Place) -> Maker:
    demo = Demo(place)
    with scope_of(actor):
        reps: dict[str, list[str]] = {}
        for code, partner in Rep.objects.filter(active=True).values_list("code", "partner__code"):
            reps.setdefault(partner, []).append(code)
        customers = list(Customer.objects.filter(active=True).values_list("code", flat=True))
    demo.partners = [
        (code, 8.0 if code == "p001" else 1.0, 0.0, codes) for code, codes in sorted(reps.items())
    ]
    return Maker(demo, Random(), customers)  # noqa: S311  (demo data, no secret)


def _send(actor: Actor, maker: Maker, count: int) -> None:
    now = timezone.now()
    stamp = f"{maker.demo.place.slug}-live-{now:%Y%m%d%H%M%S%f}"
    with scope_of(actor):
        receive_lines(actor, [maker.line(f"{stamp}-{index}", now) for index in range(count)], channel="demo")
