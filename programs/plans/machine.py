"""The ways between the states of plans, and what an operator may set."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from programs.plans.enums import PlanState as S
from workflow.settings import define
from workflow.states import Machine

cap_percent = define(
    "plans.cap_percent", 120, _("An objective counts up to"), _("% of its target"), least=100, most=500
)
late_days = define("plans.late_days", 10, _("A plan waits for late data"), _("working days"), most=60)

#: Its words may be changed.
OPEN: Final = (S.OUTLINE, S.SHARED, S.AMENDING)
#: A signed version is in force.
IN_FORCE: Final = (S.SIGNED, S.AMENDING)

#: ``amending``: a new version is written and agreed on while the signed one stays in force.
PLAN = Machine(
    {
        S.OUTLINE: (S.SHARED, S.DROPPED),
        S.SHARED: (S.IN_AGREEMENT, S.DROPPED),
        S.IN_AGREEMENT: (S.SIGNED, S.SHARED, S.AMENDING, S.ENDED, S.COMPLETED),
        S.SIGNED: (S.AMENDING, S.COMPLETED, S.ENDED),
        S.AMENDING: (S.IN_AGREEMENT, S.COMPLETED, S.ENDED),
    },
    S,
    reasons=frozenset({S.AMENDING, S.ENDED, S.DROPPED}),
)
