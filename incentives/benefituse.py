"""Granted benefits that were used: written down by whoever looks after the partner, and taken back where it was a mistake."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.text import clean_line
from incentives.accrual.counted import today_of
from incentives.enums import SchemeKind
from incentives.grants import WRITTEN_DOWN, Grant, Held, after_use, grants, held_of
from incentives.models import BenefitUse, Scheme
from partners.models import Rep
from partners.selectors import get_partner
from tenancy import audit
from tenancy.access import office
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.enums import Urgency
from workflow.notices import declare, names_of, notify, partner_people

USED = declare(
    "incentives.benefit_used", Urgency.INFO, _("%(quantity)s of “%(benefit)s” were used on %(day)s.")
)
STEP = Decimal("0.01")


def uses_for(actor: Actor) -> QuerySet[BenefitUse]:
    """What ``actor`` may see of what was used, newest first."""
    actor.require(Permission.VIEW_ACCRUALS)
    found: QuerySet[BenefitUse] = BenefitUse.objects.select_related("scheme", "partner", "rep")
    return found


def held_by(actor: Actor, *, scheme: str, partner: str, rep: str = "") -> Held:
    """What one beneficiary holds of one benefit that people write down; raises ``NotFound``."""
    actor.require(Permission.WORK_BOOK)
    for held in held_of(grants(actor), today_of(actor.operator)):
        own = (held.version.scheme.code, held.partner.code, held.rep.code if held.rep else "")
        if own == (scheme, partner, rep) and held.version.benefit in WRITTEN_DOWN:
            return held
    raise NotFound()


def use_benefit(
    actor: Actor,
    *,
    scheme: str,
    partner: str,
    rep: str = "",
    quantity: Decimal,
    day: date | None = None,
    text: str = "",
) -> BenefitUse:
    """Write down that so many pieces were used (today). Raises ``InputError`` for more than there are, and later days."""
    actor.require(Permission.WORK_BOOK)
    company, today = get_partner(actor, partner), today_of(actor.operator)
    if not quantity.is_finite() or quantity <= 0 or quantity != quantity.quantize(STEP):
        raise InputError("invalid", _("This value is not valid."), "quantity")
    if day is not None and day > today:
        raise InputError("in_future", _("This day has not come yet."), "day")
    with office(actor):
        # One after the other, so that nobody uses the same piece twice.
        found = (
            Scheme.objects.select_for_update(no_key=True).filter(code=scheme, kind=SchemeKind.BENEFIT).first()
        )
        seller = Rep.objects.filter(partner=company, code=rep).first() if rep else None
        if found is None or (rep and seller is None):
            raise NotFound()
        row = BenefitUse(
            scheme=found, partner=company, rep=seller, quantity=quantity, day=day or today,
            text=clean_line(text)[:200], member_name=actor.name,
        )  # fmt: skip
        _check_room(actor, row)
        row.save()
        changes = {"scheme": scheme, "quantity": str(quantity), "day": row.day.isoformat()}
        audit.record(actor, "benefit.use", row, ref=company.code, changes=changes)
        _tell(row)
    return row


def _check_room(actor: Actor, row: BenefitUse) -> None:
    """On its day there must be enough, and enough must stay for what was used later."""
    key = (row.scheme_id, row.partner_id, row.rep_id)
    rows = [each for each in grants(actor) if each.beneficiary == key]
    if not rows or rows[0].version.benefit not in WRITTEN_DOWN:
        raise NotFound()
    uses = list(
        BenefitUse.objects.filter(
            scheme_id=row.scheme_id, partner_id=row.partner_id, rep_id=row.rep_id, undone_at=None
        )
    )
    room = _total(rows, uses) - _total(rows, [*uses, row])
    if room < row.quantity:
        words = {"left": f"{room.normalize():f}"}
        raise InputError("not_enough", _("Only %(left)s are left."), "quantity", words)


def _total(rows: list[Grant], uses: list[BenefitUse]) -> Decimal:
    ordered = sorted(uses, key=lambda use: (use.day, use.pk is None, use.pk or 0))
    return sum((each.quantity for each in after_use(rows, ordered)), Decimal(0))


def _tell(row: BenefitUse) -> None:
    people = partner_people(row.partner_id, Permission.VIEW_ACCRUALS)
    facts: dict[str, Any] = {"quantity": f"{row.quantity.normalize():f}", "day": row.day}
    notify(USED, row, to=people, path="/rewards/benefits/", benefit=names_of(row.scheme), **facts)


def undo_use(actor: Actor, *, use_id: int) -> BenefitUse:
    """It was a mistake: the pieces can be used again."""
    actor.require(Permission.WORK_BOOK)
    row: BenefitUse | None = BenefitUse.objects.select_for_update(no_key=True).filter(pk=use_id).first()
    if row is None:
        raise NotFound()
    if row.undone_at is not None:
        raise Conflict("undone", _("This was taken back already."))
    row.undone_at = timezone.now()
    row.save(update_fields=["undone_at"])
    audit.record(actor, "benefit.undo", row, changes={"quantity": str(row.quantity)})
    return row
