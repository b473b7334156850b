"""The ways between the states of goals, and what an operator may set."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from programs.goals.enums import GoalState as S
from workflow.settings import define
from workflow.states import Machine

late_days = define("goals.late_days", 3, _("A goal waits for late data"), _("working days"), most=60)

#: An offer waits for the other side's answer.
WAITING: Final = (S.PROPOSED, S.COUNTERED, S.REVISED)
LIVE: Final = (*WAITING, S.AGREED)
#: A number that both sides agreed on is in force, or was until the end.
CLOSED: Final = (S.MET, S.MISSED)

#: A refused or withdrawn revision leaves the goal as it was agreed.
GOAL = Machine(
    {
        S.DRAFT: (S.PROPOSED, S.WITHDRAWN),
        S.PROPOSED: (S.AGREED, S.COUNTERED, S.REFUSED, S.WITHDRAWN, S.MET, S.MISSED),
        S.COUNTERED: (S.AGREED, S.PROPOSED, S.REFUSED, S.WITHDRAWN, S.MET, S.MISSED),
        S.AGREED: (S.REVISED, S.MET, S.MISSED),
        S.REVISED: (S.AGREED, S.COUNTERED, S.MET, S.MISSED),
    },
    S,
    reasons=frozenset({S.REFUSED, S.REVISED}),
)
