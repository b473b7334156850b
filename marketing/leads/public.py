"""What a visitor without a login says on the operator's pages. In the sight of the audience ``applicant``: it writes an event.

The worker makes the lead of it, so whatever a visitor sends, no table of leads, customers or partners is within reach, and
the answer is the same whether anybody knows the company or not.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db.models import QuerySet

from catalog.models import Territory
from marketing.leads.fields import fill
from marketing.models import Lead, LeadContact
from tenancy.access import as_applicant
from tenancy.models import Operator
from tenancy.outbox import emit

ASKED = "marketing.lead_asked"
#: What the form takes; products and segments are the operator's own words.
FIELDS = (
    "need", "timing", "layer", "size", "territory", "person", "company", "email", "phone", "domain",
    "legal_id", "country", "city", "text",
)  # fmt: skip


@contextmanager
def visiting(operator: Operator) -> Iterator[QuerySet[Territory]]:
    """The territories that a visitor can name, in its sight."""
    with as_applicant(operator.pk):
        yield Territory.objects.filter(active=True).order_by("path", "code")


def ask(operator: Operator, *, language: str, fields: Mapping[str, Any]) -> None:
    """Pass on what a visitor wants. Raises ``Invalid`` with an error per wrong field."""
    given = {name: fields.get(name, "") for name in FIELDS}
    with as_applicant(operator.pk):
        fill(Lead(), LeadContact(), given)
        emit(ASKED, {**given, "language": language[:2]})
