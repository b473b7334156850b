"""What happens to prospects by itself: an invited one that sends its application is converted."""

from typing import Any

from partners.applications.applying import SUBMITTED
from partners.enums import ProspectStage
from partners.models import Prospect
from partners.scouting.rules import MACHINE
from tenancy.actors import Actor
from tenancy.outbox import on
from workflow.states import move


@on(SUBMITTED)
def converted(actor: Actor, payload: dict[str, Any]) -> None:
    rows = Prospect.objects.select_for_update(no_key=True)
    invited = rows.filter(application_id=payload["application_id"], state=ProspectStage.INVITED)
    for prospect in invited:
        move(actor, prospect, ProspectStage.CONVERTED, MACHINE, save=["updated_at"])
