"""``manage.py settle --operator aw --scheme CODE --period 2013-Q1``: a settlement as far as approval."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from incentives.models import SettlementRun
from incentives.settlement import advance_run, ask_to_advance, open_run
from incentives.settlement.overview import run_facts
from incentives.states import RunState
from tenancy.access import find_operator, scope_of
from tenancy.actors import system_actor
from tenancy.commands import refusals


class Command(BaseCommand):
    help = "Runs the settlement of a scheme (and of those settled with it) as far as approval; prints JSON; exit 1 on differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", required=True, help="the operator's short name")
        parser.add_argument("--scheme", required=True, help="the scheme's code, or the name of its group")
        parser.add_argument("--period", required=True, help="as 2013-Q1, in the operator's calendar")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            actor = system_actor(find_operator(options["operator"]), "command:settle")
            with scope_of(actor):
                run = open_run(actor, period=options["period"], group=options["scheme"])
                if run.state == RunState.STOPPED:
                    ask_to_advance(actor, run_id=run.pk)
            advance_run(actor, run_id=run.pk)
            with scope_of(actor):
                facts = run_facts(actor, SettlementRun.objects.get(pk=run.pk))
        self.stdout.write(json.dumps(facts, ensure_ascii=False, default=str))
        if facts["differences"]:
            sys.exit(1)
