"""``migrate`` as the owner, then the walls: a migrated database without its policies must not exist."""

from typing import Any

from django.core.management.commands.migrate import Command as Migrate

from tenancy.walls.build import build


class Command(Migrate):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            build(options["database"])
