"""``manage.py evaluate_tiers --operator aw``: every enrolled partner against the requirements, now."""

import json
from dataclasses import asdict
from typing import Any

from programs.standing.evaluating import evaluate_all
from tenancy.actors import Actor
from tenancy.commands import TenantCommand


class Command(TenantCommand):
    help = "Evaluates the tiers of every programme; prints JSON with what changed."

    def run(self, actor: Actor, **options: Any) -> None:
        """One line of JSON per programme."""
        for summary in evaluate_all(actor):
            self.stdout.write(json.dumps(asdict(summary), ensure_ascii=False))
