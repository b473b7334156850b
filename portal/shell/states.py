"""How a state looks: one quiet colour per meaning, the same in every part of the portal."""

_KINDS = {
    "good": "passed renewed active approved published won paid accepted open resolved completed done met earned valid free settled upheld agreed signed converted",
    "warn": "pending waiting hold held warning expiring information_required frozen overdue on_hold disputed upheld_in_part grace protected late countered revised behind manual",
    "bad": "rejected denied failed lost expired revoked cancelled breached duplicate refused suspended blocked deactivated missed disqualified timed_out",
    "busy": "in_training submitted under_review in_review running invited new offered counting simulating sent in_progress closing proposed shared in_agreement prepared planned routed contacted qualified",
}
_KIND_OF = {state: kind for kind, states in _KINDS.items() for state in states.split()}


def state_kind(state: str) -> str:
    """good, warn, bad, busy or plain."""
    return _KIND_OF.get(state.lower(), "plain")
