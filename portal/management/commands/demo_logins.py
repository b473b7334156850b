"""``demo_logins``: where the demo operators are and who can log in."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.demo.build import exists
from portal.demo.master import PASSWORD, logins
from portal.demo.places import PLACES
from tenancy.access import find_operator


class Command(BaseCommand):
    help = "Print the demo's addresses and one login per role."

    def handle(self, *args: Any, **options: Any) -> None:
        for place in PLACES:
            if exists(place):
                self.stdout.write(f"\n{place.names['en']}  {find_operator(place.slug).origin}/")
                for role, email in logins(place):
                    self.stdout.write(f"  {role:<20} {email}")
        self.stdout.write(f"\nThe password of every demo login is: {PASSWORD}\n")
