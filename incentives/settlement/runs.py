"""Opening runs: which schemes are settled together, and for which period."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, InputError, NotFound
from common.periods import Period
from incentives.accrual.affected import read_period
from incentives.enums import PAYABLE
from incentives.models import Scheme, SettlementRun
from incentives.states import RunState
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from workflow.states import note

#: States of runs whose statements count.
SETTLED = (RunState.APPROVED, RunState.PAID_OUT, RunState.CLOSED)


def group_of(scheme: Scheme) -> str:
    """The name under which a scheme is settled."""
    return scheme.settlement_group or scheme.code


def schemes_in(group: str) -> list[Scheme]:
    """The published money schemes that are settled as ``group``."""
    found = Scheme.objects.filter(published=True, kind__in=PAYABLE)
    return [scheme for scheme in found.order_by("code") if group_of(scheme) == group]


def schemes_of(run: SettlementRun, period: Period) -> list[Scheme]:
    """Those of the run's group that have its kind of period."""
    return [scheme for scheme in schemes_in(run.group) if scheme.period == period.kind]


def find_group(*, group: str = "", scheme_code: str = "") -> str:
    """The group that is meant. Raises ``NotFound``."""
    if group and schemes_in(group):
        return group
    scheme = Scheme.objects.filter(code=scheme_code or group).first()
    if scheme is None:
        raise NotFound()
    if not scheme.published or scheme.kind not in PAYABLE:
        raise Conflict("not_payable", _("Only published schemes that pay money are settled."))
    return group_of(scheme)


def open_run(actor: Actor, *, period: str, group: str = "", scheme_code: str = "") -> SettlementRun:
    """The run of a group (or of a scheme's group) for a period that is over; made when there is none.

    Raises ``NotFound`` for an unknown group, ``InputError`` for a period of another kind or that still runs.
    """
    actor.require(Permission.SETTLE)
    name = find_group(group=group, scheme_code=scheme_code)
    wanted = read_period(actor.operator, period)
    if wanted.kind not in {scheme.period for scheme in schemes_in(name)}:
        raise InputError("period", _("These schemes have periods of another kind."), "period")
    if wanted.last_day >= today_of(actor):
        raise InputError("period_running", _("This period is not over yet."), "period")
    found = SettlementRun.objects.get_or_create(
        group=name,
        period=wanted.code,
        defaults={
            "period_end": wanted.last_day,
            "currency": actor.operator.currency,
            "prepared_by_id": actor.membership_id,
        },
    )
    run: SettlementRun = found[0]
    if found[1]:
        note(actor, run, "", RunState.OPEN)
        audit.record(actor, "settlement.open", run, ref=f"{run.group} {run.period}")
    return run


def locked(run_id: int) -> SettlementRun:
    """The run, locked. Raises ``NotFound``."""
    run: SettlementRun | None = SettlementRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound()
    return run


def today_of(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()
