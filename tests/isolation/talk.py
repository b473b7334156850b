"""Words and files about whatever can be talked about, and whom they must not reach."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.test import Client

from portal.workflow.about import _registry
from tests.kit.world import Tenant
from workflow.models import Attachment, Message
from workflow.states import partner_of

LABELS = sorted(label for label in _registry if not label.startswith("tests."))
STORED = "attachments/x"
REFUSED = (302, 403, 404)


def of_p1(tenant: Tenant, label: str) -> Any:
    """An object of ``label`` that belongs to the first partner."""
    wanted = tenant.partners["p1"].pk
    with tenant.scope():
        rows = apps.get_model(label)._default_manager.order_by("-pk")
        found = next((row for row in rows if partner_of(row) == wanted), None)
        # What belongs to no partner yet is the operator's own: p1 is a stranger to it as well.
        return found or next(row for row in rows if partner_of(row) is None)


def add(tenant: Tenant, obj: models.Model, *, internal: bool) -> Attachment:
    """A file and a message about ``obj``, written by the owner of the tables; returns the file."""
    common = {
        "operator_id": tenant.operator.pk,
        "object_type": obj._meta.label_lower,
        "object_id": obj.pk,
        "partner_id": partner_of(obj),
        "internal": internal,
        "author": "x",
    }
    file = Attachment(**common, name="a.pdf", content_type="application/pdf", size=1, stored_path=STORED)
    for row in (file, Message(**common, text="Between us")):
        models.Model.save_base(row, using="owner", force_insert=True)
    return file


def answers(client: Client, obj: models.Model, files: list[Attachment]) -> Iterator[int]:
    """The statuses of everything a stranger could try."""
    for file in files:
        yield client.get(f"/files/{file.pk}/").status_code
    for verb in ("message", "file"):
        address = f"/about/{obj._meta.label_lower}/{obj.pk}/{verb}/"
        yield client.get(address).status_code
        yield client.post(address, {"text": "x", "audience": "comment"}).status_code
