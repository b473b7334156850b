"""``check_translations``: fails when a text is not translated, or a translation lost one of its places.

Collects the texts of the sources afresh, so that a text that nobody collected yet is found too.
"""

import re
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.core.management.base import BaseCommand, CommandError

from config.translations import LANGUAGES, po_file, texts_of_sources

PLACE = re.compile(r"%\([A-Za-z_0-9]+\)[sd]|\{[A-Za-z_0-9]*\}")
SHOWN = 20


class Command(BaseCommand):
    help = "Check that every text is translated."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        template = texts_of_sources()
        wrong = [line for language in LANGUAGES for line in problems(template, language)]
        if wrong:
            more = f"\n... and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
            raise CommandError("\n".join(wrong[:SHOWN]) + more)
        self.stdout.write(f"{len(template)} texts in {', '.join(LANGUAGES)}")


def problems(template: Catalog, language: str) -> list[str]:
    """A line for every text that a reader of ``language`` would see in English or broken."""
    with po_file(language).open("rb") as file:
        catalog = read_po(file, locale=language)
    return [
        f"{language}: {reason}: {message.id!r}"
        for message in template
        if message.id and (reason := _problem(message, catalog.get(message.id, message.context)))
    ]


def _problem(message: Message, found: Message | None) -> str | None:
    forms = _forms(found.string) if found is not None else []
    if not forms or not all(forms):
        return "not translated"
    wanted = {place for text in _forms(message.id) for place in PLACE.findall(text)}
    if any(set(PLACE.findall(form)) - wanted for form in forms):
        return "has a place that the text does not have"
    if set(PLACE.findall(forms[-1])) != set(PLACE.findall(_forms(message.id)[-1])):
        return "lost a place"
    return None


def _forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())
