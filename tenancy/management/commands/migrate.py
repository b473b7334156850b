"""``migrate`` as the owner, then the walls: a migrated database without its policies must not exist.

A database of the first months first takes the migrations that stand for its steps (``tenancy.history``).
"""

from typing import Any

from django.core.management import CommandError
from django.core.management.commands.migrate import Command as Migrate

from tenancy.history import Unfinished, adopt
from tenancy.walls.build import build


class Command(Migrate):
    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        looking = options.get("plan") or options.get("check_unapplied")
        if not looking:
            self._adopt(options["database"])
        super().handle(*args, **options)
        if not looking:
            build(options["database"])

    def _adopt(self, alias: str) -> None:
        try:
            adopt(alias)
        except Unfinished:
            raise CommandError(
                "This database comes from an early version of the product and is not up to date with it: first run the"
                " “migrate” of a version that has the folder programs/migrations with 0046, then this one."
            ) from None
