"""``create_operator``: a tenant with the standard roles, empty otherwise."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from tenancy.commands import refusals
from tenancy.enums import CalendarCode
from tenancy.services import create_operator


class Command(BaseCommand):
    help = "Create an operator (tenant)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--slug", required=True, help="the first part of the host name")
        parser.add_argument("--name", required=True)
        parser.add_argument("--languages", default="en", help="comma-separated, the main one first")
        parser.add_argument("--calendar", default="gregorian", choices=CalendarCode.values)
        parser.add_argument("--fiscal-start-month", type=int, default=1)
        parser.add_argument("--currency", default="USD", help="ISO 4217 code")
        parser.add_argument("--timezone", default="UTC")
        parser.add_argument("--toman", action="store_true", help="show rial amounts in toman")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            operator = create_operator(
                slug=options["slug"],
                name=options["name"],
                languages=[code.strip() for code in options["languages"].split(",")],
                calendar=options["calendar"],
                currency=options["currency"].upper(),
                time_zone=options["timezone"],
                fiscal_start_month=options["fiscal_start_month"],
                show_toman=options["toman"],
            )
        self.stdout.write(f"{operator.slug}: {operator.origin}/")
