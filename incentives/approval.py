"""Four eyes: a draft is submitted, and a second person approves exactly this content or returns it with a reason.

Whether publishing asks for it is the operator's setting. Any change of the content withdraws what was asked or given.
"""

import hashlib
import json
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, Forbidden
from incentives.accrual.limits import text as plain
from incentives.models import Approval, Scheme, SchemeVersion, VersionAuthor
from incentives.states import ApprovalState
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import declare, done, members, notify, staff
from workflow.settings import define
from workflow.states import Machine, move, note

four_eyes = define("schemes.four_eyes", False, _("A second person approves a scheme before it is published"))

MACHINE = Machine(
    {
        ApprovalState.SUBMITTED: (ApprovalState.APPROVED, ApprovalState.RETURNED, ApprovalState.WITHDRAWN),
        ApprovalState.APPROVED: (ApprovalState.WITHDRAWN,),
    },
    ApprovalState,
    frozenset({ApprovalState.RETURNED}),
)
OPEN = (ApprovalState.SUBMITTED, ApprovalState.APPROVED)
SUBMITTED = declare(
    "schemes.submitted",
    Urgency.ACTION,
    _("Scheme “%(name)s”, version %(number)s waits for approval"),
    asks=(ApprovalState.SUBMITTED,),
)
DECIDED = declare(
    "schemes.decided",
    Urgency.ACTION,
    _("Scheme “%(name)s”, version %(number)s was approved: publish it"),
    asks=(ApprovalState.APPROVED,),
)
RETURNED = declare(
    "schemes.returned", Urgency.ACTION, _("Scheme “%(name)s”, version %(number)s came back: %(reason)s")
)
#: What tells nothing of the content: bookkeeping, and what follows from other fields.
_ASIDE: dict[type[models.Model], set[str]] = {
    Scheme: {"id", "operator", "published", "active", "created_at", "updated_at", "search", "search_text"},
    SchemeVersion: {
        *("id", "operator", "scheme", "names", "digest", "builder"),
        *("created_by", "created_at", "published_by", "published_at"),
    },
}


def content_digest(version: SchemeVersion) -> str:
    """sha256 over everything that a version promises: the scheme's own fields and formula, dates, budget, caps, ..."""
    said = {"scheme": _said(version.scheme), "version": _said(version)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=plain).encode()).hexdigest()


def _said(row: models.Model) -> dict[str, Any]:
    fields = row._meta.concrete_fields
    return {
        field.name: getattr(row, field.attname) for field in fields if field.name not in _ASIDE[type(row)]
    }


def changed(actor: Actor, version: SchemeVersion) -> None:
    """Note who changed a draft, and withdraw an approval that was for another content. Called by every change."""
    if actor.membership_id is not None:
        VersionAuthor.objects.get_or_create(version=version, membership_id=actor.membership_id)
    standing = _standing(version)
    if standing is not None and standing.digest != content_digest(version):
        move(actor, standing, ApprovalState.WITHDRAWN, MACHINE, reason="changed")


def submit_version(actor: Actor, *, version_id: int, text: str = "") -> Approval:
    """Ask for the approval of a draft as it is now. Raises ``Conflict`` where it waits or is approved already."""
    actor.require(Permission.MANAGE_SCHEMES)
    version = _locked_draft(version_id)
    standing = _standing(version)
    if standing is not None:
        raise Conflict("submitted", _("This version was submitted already."))
    row: Approval = Approval.objects.create(
        version=version,
        digest=content_digest(version),
        text=text.strip(),
        submitted_by_id=actor.membership_id,
    )
    note(actor, row, "", ApprovalState.SUBMITTED, text=row.text)
    for earlier in Approval.objects.filter(version=version, state=ApprovalState.RETURNED):
        done(earlier, [RETURNED])
    _tell(SUBMITTED, version, row, to=staff(Permission.APPROVE_SCHEMES))
    return row


def approve_version(actor: Actor, *, version_id: int) -> Approval:
    """Approve what was submitted. Raises ``Forbidden`` for whoever submitted it or wrote any of it."""
    row = _for_decision(actor, version_id)
    row.decided_by_id, row.decided_at = actor.membership_id, timezone.now()
    move(actor, row, ApprovalState.APPROVED, MACHINE, save=["decided_by", "decided_at"])
    _tell(DECIDED, row.version, row, to=members([row.submitted_by_id]))
    return row


def return_version(actor: Actor, *, version_id: int, reason: str) -> Approval:
    """Give back what was submitted, with a reason. Raises ``Forbidden`` as ``approve_version`` does."""
    row = _for_decision(actor, version_id)
    row.decided_by_id, row.decided_at, row.reason = actor.membership_id, timezone.now(), reason.strip()
    saved = ["decided_by", "decided_at", "reason"]
    move(actor, row, ApprovalState.RETURNED, MACHINE, text=row.reason, save=saved)
    _tell(RETURNED, row.version, row, to=members([row.submitted_by_id]), reason=row.reason)
    return row


def withdraw_version(actor: Actor, *, version_id: int) -> Approval:
    """Take a submission or an approval back."""
    actor.require(Permission.MANAGE_SCHEMES)
    row = _standing(_locked_draft(version_id))
    if row is None:
        raise Conflict("not_submitted", _("This version was not submitted."))
    move(actor, row, ApprovalState.WITHDRAWN, MACHINE)
    return row


def is_missing(version: SchemeVersion) -> bool:
    """Whether the operator wants four eyes and this very content is not approved."""
    if not four_eyes():
        return False
    row = _standing(version)
    return row is None or row.state != ApprovalState.APPROVED or row.digest != content_digest(version)


def check_approved(version: SchemeVersion) -> None:
    """Raise ``Conflict`` where an approval is missing."""
    if is_missing(version):
        raise Conflict(
            "approval_needed", _("A second person has to approve this version before it is published.")
        )


def note_published(version: SchemeVersion) -> None:
    """Nobody is asked to publish it any more."""
    for row in Approval.objects.filter(version=version, state=ApprovalState.APPROVED):
        done(row, [DECIDED])


def newest_approval(actor: Actor, version: SchemeVersion) -> Approval | None:
    """The last submission of a version with the people in it; ``None`` before the first."""
    actor.require(Permission.VIEW_SCHEMES)
    found = Approval.objects.filter(version=version).select_related("submitted_by", "decided_by")
    return found.order_by("-pk").first()


def may_decide(actor: Actor, row: Approval) -> bool:
    """Whether ``actor`` is a second person here: may approve, did not submit, wrote nothing of it."""
    return (
        row.state == ApprovalState.SUBMITTED
        and actor.can(Permission.APPROVE_SCHEMES)
        and not _had_a_hand(actor, row)
    )


def _had_a_hand(actor: Actor, row: Approval) -> bool:
    """One person may have several memberships: it is the person that counts. The system is nobody's second."""
    if actor.membership_id is None:
        return True
    hands = [*VersionAuthor.objects.filter(version_id=row.version_id).select_related("membership")]
    people = {hand.membership.person_id for hand in hands}
    if row.submitted_by is not None:
        people.add(row.submitted_by.person_id)
    return actor.person_id in people


def _for_decision(actor: Actor, version_id: int) -> Approval:
    actor.require(Permission.APPROVE_SCHEMES)
    row = _standing(_locked_draft(version_id))
    if row is None or row.state != ApprovalState.SUBMITTED:
        raise Conflict("not_submitted", _("This version was not submitted."))
    if _had_a_hand(actor, row):
        raise Forbidden("second_person", _("Somebody who did not work on this version has to decide."))
    if row.digest != content_digest(row.version):
        raise Conflict("changed", _("This version was changed after it was submitted."))
    return row


def _locked_draft(version_id: int) -> SchemeVersion:
    version: SchemeVersion = (
        SchemeVersion.objects.select_related("scheme").select_for_update(of=("self",)).get(pk=version_id)
    )
    if version.published_at is not None:
        raise Conflict("published", _("This version is published already."))
    return version


def _standing(version: SchemeVersion) -> Approval | None:
    found = Approval.objects.filter(version=version, state__in=OPEN).select_related("submitted_by")
    row = found.first()
    if row is not None:
        row.version = version
    return row


def _tell(kind: Any, version: SchemeVersion, row: Approval, *, to: Any, **params: str) -> None:
    path = f"/schemes/{version.scheme.code}/approval/"
    notify(kind, row, to=to, path=path, name=version.scheme.name, number=version.number, **params)
