"""``manage.py audit_measurements [--operator aw]``: every measurement recomputed from its transactions."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from performance.counting.audit import Report, audit_measurements
from tenancy.access import find_operator, operator_ids
from tenancy.actors import Actor, system_actor
from tenancy.commands import refusals
from tenancy.tasks import system_of


class Command(BaseCommand):
    help = "Recomputes every measurement from its transactions; prints JSON; exit status 1 if any differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", help="the operator's short name; without it, all operators")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            total = Report()
            for actor in actors(options["operator"]):
                report = audit_measurements(actor)
                total.compared += report.compared
                total.differences += report.differences
                total.examples += [{"operator": actor.operator.slug, **each} for each in report.examples]
        self.stdout.write(json.dumps(asdict(total), ensure_ascii=False))
        if total.differences:
            sys.exit(1)


def actors(slug: str | None) -> list[Actor]:
    """The system's actor at the named operator, or at every active one."""
    if slug:
        return [system_actor(find_operator(slug), "command:audit_measurements")]
    return [actor for number in operator_ids() if (actor := system_of(number))]
