"""``seed_demo``: the two demo operators with 18 months of data. What exists already stays as it is."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.demo.build import build, exists
from portal.demo.places import PLACES


class Command(BaseCommand):
    help = "Create the demo operators that do not exist yet."

    def handle(self, *args: Any, **options: Any) -> None:
        for place in PLACES:
            if not exists(place):
                build(place, timezone.now(), self.stdout.write)
