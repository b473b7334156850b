"""What management commands share: an operator is named, refusals are one line, the scope is open."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError, Invalid
from tenancy.access import working_for
from tenancy.actors import Actor


class TenantCommand(BaseCommand):
    """A command that works for one operator in one transaction: subclasses write ``run(actor, **options)``."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--operator", required=True, help="the operator's short name")

    def handle(self, *args: Any, **options: Any) -> None:
        with refusals(), working_for(options["operator"], self.name) as actor:
            self.run(actor, **options)

    @property
    def name(self) -> str:
        return f"command:{type(self).__module__.rpartition('.')[2]}"

    def run(self, actor: Actor, **options: Any) -> None:
        """The work, inside the operator's scope."""
        raise CommandError("This command does nothing.")


class refusals:
    """Turns the product's own errors into ``CommandError`` so that a terminal shows one plain line."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Invalid):
            raise CommandError("; ".join(item.message for item in error.errors)) from error
        if isinstance(error, DomainError):
            raise CommandError(error.message) from error
        if isinstance(error, ValidationError):
            raise CommandError("; ".join(error.messages)) from error
