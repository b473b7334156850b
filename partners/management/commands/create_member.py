"""``create_member``: a person with a membership, at the operator or at one of its partners."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partners.models import Partner
from tenancy.access import find_operator
from tenancy.commands import refusals
from tenancy.enums import Audience, Role
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person


class Command(BaseCommand):
    help = "Create a person with a membership."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", required=True)
        parser.add_argument("--email", required=True)
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--partner", help="the partner's code, for partner roles")
        parser.add_argument("--password", help="only for a new person; without it by password reset")
        parser.add_argument("--name", default="")
        parser.add_argument("--language", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals():
            operator = find_operator(options["operator"])
            with scope(operator.pk, Audience.AUTH):
                partner_id = _partner_id(options["partner"])
                person = ensure_person(
                    email=options["email"],
                    name=options["name"] or options["email"].split("@")[0],
                    language=options["language"],
                    password=options["password"],
                )
                member = add_membership(person, role=options["role"], partner_id=partner_id)
        self.stdout.write(f"{member.email} {member.role}")


def _partner_id(code: str | None) -> int | None:
    if not code:
        return None
    partner = Partner.objects.filter(code=code).first()
    if partner is None:
        raise CommandError(f"There is no partner with the code {code!r}.")
    return int(partner.pk)
