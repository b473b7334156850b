"""Notes, files and history of prospects on the shared pages; for the operator's people only."""

from typing import Any

from django.urls import reverse

from partners.models import Prospect
from partners.scouting.selectors import prospect_by_pk
from portal.workflow.about import register_about
from tenancy.actors import Actor
from tenancy.enums import Permission


def _may(actor: Actor, prospect: Any) -> bool:
    return actor.can(Permission.SCOUT)


def _path(prospect: Prospect) -> str:
    return reverse("scouting:prospect", args=[prospect.code])


register_about(
    "partners.prospect",
    fetch=prospect_by_pk,
    may_write=_may,
    title=lambda prospect: str(prospect.company_name),
    path=_path,
    tells=Permission.SCOUT,
)
