"""The worksheet behind opening a core product: written by one person, decided by another, and kept for good."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import Layer
from common.errors import Conflict, InputError, NotFound
from common.text import clean_line, clean_text
from programs.authorisations.about import NAMES, read_about, today_of
from programs.authorisations.selectors import THINGS
from programs.authorisations.services import add_authorisation
from programs.enums import Criterion, Effect
from programs.enums import WorksheetState as S
from programs.models import Worksheet
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import Machine, move, note

MANAGE = Permission.MANAGE_AUTHORISATIONS
MACHINE = Machine({S.WAITING: (S.OPENED, S.KEPT, S.WITHDRAWN)}, S)
MOST = 10
LONGEST = 2000
_HUNDRED = Decimal(100)


def worksheets_for(actor: Actor) -> QuerySet[Worksheet]:
    """Newest first. For staff."""
    actor.require(Permission.VIEW_AUTHORISATIONS)
    if not actor.is_staff:
        raise NotFound()
    found: QuerySet[Worksheet] = Worksheet.objects.select_related(*THINGS)
    return found


def get_worksheet(actor: Actor, pk: int) -> Worksheet:
    """Raises ``NotFound``."""
    found = worksheets_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def result_of(sheet: Worksheet) -> Decimal:
    """From 0 to 100: how much the weighted criteria speak for opening."""
    weights = sum(int(row["weight"]) for row in sheet.criteria)
    points = sum(int(row["weight"]) * int(row["score"]) for row in sheet.criteria)
    return (_HUNDRED * points / (MOST * weights)).quantize(Decimal("0.1")) if weights else Decimal(0)


def write_worksheet(
    actor: Actor,
    *,
    title: str,
    market_share: Decimal | None,
    criteria: Sequence[Mapping[str, Any]],
    reason: str = "",
    **given: Any,
) -> Worksheet:
    """A worksheet that waits for its decision. ``criteria``: as in the model, every one once; ``given``: see ``read_about``.

    Raises ``InputError`` at the field; ``not_core`` for what is no core product.
    """
    actor.require(MANAGE)
    if not title.strip():
        raise InputError("required", _("This must not be empty."), "title")
    if market_share is None or not 0 <= market_share <= _HUNDRED:
        raise InputError("out_of_range", _("Give a share from 0 to 100 %."), "market_share")
    about = read_about(actor, given)
    product = about["product"]
    if about["layer"] != Layer.CORE and (product is None or product.family.layer != Layer.CORE):
        raise InputError("not_core", _("Choose a core product, or the layer of core telecom."), "product")
    row: Worksheet = Worksheet.objects.create(
        title=clean_line(title)[:200],
        market_share=market_share,
        criteria=_criteria(criteria),
        reason=clean_text(reason)[:LONGEST],
        author_id=actor.membership_id,
        author_name=actor.name,
        **about,
    )
    note(actor, row, "", row.state, internal=True)
    audit.record(actor, "worksheet.write", row, changes={"result": [None, result_of(row)]})
    return row


def _criteria(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    rows = {str(row.get("code")): row for row in given}
    found = []
    for code in Criterion.values:
        row = rows.get(code, {})
        figures = {name: _figure(code, name, row.get(name)) for name in ("weight", "score")}
        found.append({"code": code, **figures, "note": clean_line(str(row.get("note") or ""))[:300]})
    if not any(row["weight"] for row in found):
        raise InputError("no_weight", _("Give at least one criterion a weight."), f"{Criterion.SHARE}_weight")
    return found


def _figure(code: str, name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise InputError("out_of_range", _("Give a whole number from 0 to 10."), f"{code}_{name}")
    return value


def decide_worksheet(actor: Actor, *, pk: int, opens: bool, decision: str) -> Worksheet:
    """Open the product (a permission is added) or keep it closed, with grounds. Never by who wrote the worksheet."""
    actor.require(MANAGE)
    sheet = _locked(pk)
    target = S.OPENED if opens else S.KEPT
    MACHINE.check(sheet.state, target)
    if actor.membership_id is not None and sheet.author_id == actor.membership_id:
        raise Conflict("second_person", _("Somebody else than its author decides about a worksheet."))
    if not decision.strip():
        raise InputError("reason_required", _("Give a reason."), "decision")
    sheet.decision = clean_text(decision)[:LONGEST]
    sheet.decided_by_id, sheet.decided_by_name = actor.membership_id, actor.name
    sheet.decided_at = timezone.now()
    fields = ["decision", "decided_by", "decided_by_name", "decided_at"]
    move(actor, sheet, target, MACHINE, text=sheet.decision, internal=True, save=fields)
    if opens:
        add_authorisation(actor, effect=Effect.ALLOW, worksheet_id=sheet.pk, **_given(actor, sheet))
    return sheet


def withdraw_worksheet(actor: Actor, *, pk: int) -> Worksheet:
    """Its author, or whoever manages authorisations, takes it back."""
    actor.require(MANAGE)
    sheet = _locked(pk)
    move(actor, sheet, S.WITHDRAWN, MACHINE, internal=True)
    return sheet


def _locked(pk: int) -> Worksheet:
    sheet: Worksheet | None = (
        Worksheet.objects.select_for_update(of=("self",)).select_related(*THINGS).filter(pk=pk).first()
    )
    if sheet is None:
        raise NotFound()
    return sheet


def _given(actor: Actor, sheet: Worksheet) -> dict[str, Any]:
    """What the worksheet is about, as ``add_authorisation`` takes it; nothing is opened for days that are over."""
    given = {name: getattr(sheet, name) for name in NAMES}
    given["starts"] = max(sheet.starts, today_of(actor))
    if sheet.tier is not None:
        given["programme"] = sheet.tier.programme
    return {name: getattr(value, "code", value) for name, value in given.items()}
