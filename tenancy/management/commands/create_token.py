"""``create_token``: prints an API token of a member and nothing else."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenancy.access import as_actor, find_operator
from tenancy.actors import actor_of
from tenancy.commands import refusals
from tenancy.enums import Audience
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import create_token


class Command(BaseCommand):
    help = "Create an API token for a member and print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--scopes", default="all", help="comma-separated")
        parser.add_argument("--name", default="command line")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            operator = find_operator(options["operator"])
            with scope(operator.pk, Audience.AUTH):
                member = (
                    Membership.objects.filter(email__iexact=options["email"], active=True)
                    .order_by("pk")
                    .first()
                )
                if member is None:
                    raise CommandError(f"{options['email']} has no membership at {operator.slug}.")
                with as_actor(actor_of(member, operator)):
                    scopes = [scope_name.strip() for scope_name in options["scopes"].split(",")]
                    _token, secret = create_token(
                        actor_of(member, operator), name=options["name"], scopes=scopes
                    )
        self.stdout.write(secret)
