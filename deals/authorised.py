"""Whether a deal's company may sell what it holds to its customer. Looks at customers: only for the office."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import Product, Segment, Territory
from common.errors import InputError, Invalid
from deals.identity import identify
from deals.models import Deal, DealReview
from programs.authorisations import Answer, may_sell_many
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """A product that is to be sold, and the field that names it."""

    field: str
    product: Product


def wishes(products: Iterable[Product]) -> list[Wish]:
    """The products of a deal's lines, in their order."""
    return [Wish(f"lines.{place}.product", product) for place, product in enumerate(products)]


def check_authorised(actor: Actor, deal: Deal, wanted: Iterable[Wish]) -> None:
    """Raise ``Invalid("not_authorised")`` with an error at each product that the deal's company may not sell here."""
    refused = [(wish, answer) for wish, answer in _answers(actor, deal, list(wanted)) if not answer.allowed]
    if refused:
        # The answer is a text in the language of whoever reads the error.
        raise Invalid(
            (
                InputError(
                    "not_authorised",
                    _("“%(product)s” cannot be sold here. %(reason)s"),
                    wish.field,
                    {"product": wish.product, "reason": answer},
                )
                for wish, answer in refused
            ),
            "not_authorised",
            _("The company is not authorised to sell this."),
        )


def _answers(actor: Actor, deal: Deal, wanted: list[Wish]) -> list[tuple[Wish, Answer]]:
    """For each wish the first refusal, else a yes: asked with the deal's segment and with the customer's own."""
    segments, territory = _customer(deal)
    products = {wish.product.pk: wish.product for wish in wanted}.values()
    today = timezone.now().astimezone(actor.operator.zone).date()
    found = [
        may_sell_many(
            [deal.partner],
            products,
            segment=segment,
            territory=territory,
            model=deal.engagement_model,
            on=today,
        )
        for segment in segments
    ]
    return [
        (wish, min((each[deal.partner_id, wish.product.pk] for each in found), key=lambda a: a.allowed))
        for wish in wanted
    ]


def _customer(deal: Deal) -> tuple[list[Segment | None], Territory | None]:
    """Every segment that the sale is in, and its territory: what the deal leaves out or gets wrong, the customer tells."""
    customer = identify(deal).customer
    review = DealReview.objects.filter(deal=deal).select_related("customer").first()
    if customer is None and review is not None:
        customer = review.customer
    named = [deal.segment, customer.segment if customer else None]
    segments = {segment.pk: segment for segment in named if segment is not None}
    territory = deal.territory or (customer.territory if customer else None)
    return list(segments.values()) or [None], territory
