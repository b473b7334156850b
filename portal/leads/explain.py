"""Why a lead has its score and went where it went, in words for the operator's people."""

from decimal import Decimal
from typing import Any

from marketing.enums import Exclusion, Rule
from marketing.leads.scoring import Part, parts_of
from marketing.leads.selectors import Decision, decisions_about, offers_of
from marketing.models import Lead, LeadContact
from portal.leads.words import history_words
from tenancy.actors import Actor


def explained(actor: Actor, lead: Lead, contact: LeadContact | None) -> dict[str, Any]:
    """Score, decisions (the newest first) and offers, for the page of a lead."""
    words = history_words()
    return {
        "score": score_rows(contact),
        "decisions": [_decision(each) for each in reversed(decisions_about(actor, lead))],
        "offers": [{"offer": row, "reason": words.get(row.reason, "")} for row in offers_of(actor, lead)],
    }


def score_rows(contact: LeadContact | None) -> list[dict[str, Any]]:
    """Each criterion with what it adds to the score, of all that could be."""
    parts = parts_of(contact) if contact is not None else []
    whole = sum(part.weight for part in parts)
    return [_score_row(part, whole) for part in parts]


def _score_row(part: Part, whole: int) -> dict[str, Any]:
    share = round(Decimal(part.points * part.weight) / whole, 1) if whole else Decimal(0)
    return {"part": part, "adds": share}


def _decision(decision: Decision) -> dict[str, Any]:
    row = decision.routing
    others = decision.other_excluded
    reasons = [reason for reason in Exclusion.values if reason in decision.excluded or reason in others]
    return {
        "row": row,
        "rule": Rule(row.rule).label,
        "drawn": _was_drawn(decision),
        "candidates": [
            {
                "partner": partner,
                "each": each,
                "chosen": partner.pk == row.partner_id,
                "weight": Decimal(str(round(float(each.weight), 4))),
                "asked": each.answered + each.missed,
            }
            for partner, each in decision.candidates
        ],
        "more": decision.other_candidates,
        "excluded": [
            {
                "reason": Exclusion(reason).label,
                "partners": decision.excluded.get(reason, []),
                "more": others.get(reason, 0),
            }
            for reason in reasons
        ],
    }


def _was_drawn(decision: Decision) -> bool:
    """Whether several weighed the same, so that the draw decided."""
    if decision.routing.rule != Rule.WEIGHT:
        return False
    weights = [each.weight for _partner, each in decision.candidates]
    return len(weights) > 1 and weights[0] == weights[1]
