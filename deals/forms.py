"""Which form holds for a registration, and whether it is complete."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import DomainError, InputError, Invalid
from deals.identity import identify
from deals.models import Deal, DealForm, DealLine
from workflow.conversation import attachments_of

#: Needed whatever a form says.
ALWAYS = ("customer_name", "expected_close", "engagement_model")
REQUIRABLE = (
    "legal_id",
    "country",
    "customer_number",
    "domain",
    "city",
    "territory",
    "segment",
    "contact_name",
    "contact_email",
    "contact_phone",
    "description",
    "presales",
    "competitor",
    "rep",
    "programme",
)


def form_for(engagement_model: str, programme: str = "") -> DealForm:
    """The most exact active form: model and programme, then programme, then model, then the one for all; else an empty one."""
    found = DealForm.objects.filter(
        active=True, engagement_model__in=["", engagement_model], programme__in=["", programme]
    )
    return max(
        found, key=lambda form: (bool(form.programme), bool(form.engagement_model)), default=DealForm()
    )


def form_of(deal: Deal) -> DealForm:
    """The form that holds for this deal."""
    return form_for(deal.engagement_model, deal.programme)


def check_complete(deal: Deal) -> None:
    """Raise ``Invalid`` with everything that a complete submission still needs."""
    errors = list(_missing(deal, form_of(deal)))
    if errors:
        raise Invalid(errors, "incomplete", _("Something is still missing."))


def _missing(deal: Deal, form: DealForm) -> Iterator[DomainError]:
    for name in dict.fromkeys((*ALWAYS, *form.required)):
        if not _value(deal, name):
            yield InputError("required", _("This must not be empty."), name)
    if not identify(deal).sure:
        yield InputError(
            "no_identity",
            _("Give a legal id, the operator's customer number, a web domain or a phone of the customer."),
            "legal_id",
        )
    if not DealLine.objects.filter(deal=deal).exists():
        yield InputError("required", _("Add at least one product."), "lines")
    have = set(attachments_of(deal).values_list("purpose", flat=True))
    for wanted in form.evidence:
        if wanted["code"] not in have:
            yield InputError(
                "evidence", _("Attach “%(name)s”."), "evidence", {"name": wanted.get("name", wanted["code"])}
            )


def _value(deal: Deal, name: str) -> Any:
    return getattr(deal, name)
