"""``receive_deal_mail --operator aw < message.eml``: a forwarded mail becomes a draft.

Meant for the pipe of a mail server, such as ``deals-aw: "|/srv/sharik/.venv/bin/python manage.py receive_deal_mail --operator aw"``
in ``/etc/aliases``. Prints one line of JSON. Exit status 0 also for mails that are refused (they are logged and need no
bounce); the mail server tries again after any other one.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from deals.mailing import receive_mail
from tenancy.actors import Actor
from tenancy.commands import TenantCommand

LARGEST = 30_000_000


class Command(TenantCommand):
    help = "Makes a draft of a deal out of a mail on the standard input"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--file", help="read the message from this file instead")

    def run(self, actor: Actor, **options: Any) -> None:
        if options["file"]:
            content = Path(options["file"]).read_bytes()
        else:
            content = sys.stdin.buffer.read(LARGEST + 1)
        if not content.strip():
            raise CommandError("There is no message.")
        if len(content) > LARGEST:
            raise CommandError("The message is too large.")
        received = receive_mail(actor, content)
        print(
            json.dumps(
                {
                    "result": received.result.value,
                    "deal": received.deal.ref if received.deal else None,
                    "again": received.again,
                    "refused_files": received.refused_files,
                },
                ensure_ascii=False,
            )
        )
