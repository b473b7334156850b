"""The stages of a prospect. An invited one is converted by itself when it sends its application."""

from partners.enums import ProspectStage as S
from workflow.states import Machine

MACHINE = Machine(
    {
        S.NEW: (S.CONTACTED, S.TALKING, S.INVITED, S.DROPPED),
        S.CONTACTED: (S.TALKING, S.INVITED, S.DROPPED),
        S.TALKING: (S.INVITED, S.DROPPED),
        S.INVITED: (S.CONVERTED, S.TALKING, S.DROPPED),
        S.DROPPED: (S.NEW,),
    },
    S,
    frozenset({S.DROPPED}),
)
#: Moves by hand; inviting makes an application.
BY_HAND = (S.NEW, S.CONTACTED, S.TALKING, S.DROPPED)
OPEN = (S.NEW, S.CONTACTED, S.TALKING, S.INVITED)
