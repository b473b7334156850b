"""``manage.py check_ledger [--operator aw]``: every invariant of the ledger and of what stands around it."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from incentives.ledger import balances, check_ledger
from tenancy.access import find_operator, operator_ids, scope_of
from tenancy.actors import Actor, system_actor
from tenancy.commands import refusals
from tenancy.tasks import system_of


class Command(BaseCommand):
    help = "Checks every invariant of the ledger; prints JSON; exit status 1 if any fails."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", help="the operator's short name; without it, all operators")

    def handle(self, *args: Any, **options: Any) -> None:
        found: dict[str, Any] = {"operators": {}, "problems": []}
        with refusals():
            for actor in _actors(options["operator"]):
                with scope_of(actor):
                    report, sums = check_ledger(actor), balances(actor)
                found["operators"][actor.operator.slug] = {
                    "invariants": report.invariants,
                    **report.checked,
                    "balances": {f"{kind} {currency}": total for (kind, currency), total in sums.items()},
                }
                found["problems"] += [{"operator": actor.operator.slug, **each} for each in report.problems]
        self.stdout.write(json.dumps(found, ensure_ascii=False, default=str))
        if found["problems"]:
            sys.exit(1)


def _actors(slug: str | None) -> list[Actor]:
    if slug:
        return [system_actor(find_operator(slug), "command:check_ledger")]
    return [actor for number in operator_ids() if (actor := system_of(number))]
