"""Whether a company may sell something: before a registration by what was typed, and for a deal by its customer too."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.models import Product, Segment, Territory
from common.errors import InputError, Invalid
from deals.enums import DealState, LineState
from deals.identity import identify
from deals.models import Deal, DealLine, DealReview
from partners.models import Partner
from programs.authorisations import Answer, may_sell_many
from tenancy.access import office
from tenancy.actors import Actor


@dataclass(frozen=True, slots=True)
class Wish:
    """A product that is to be sold, and the field that names it."""

    field: str
    product: Product


def wishes(products: Iterable[Product]) -> list[Wish]:
    """The products of a deal's lines, in their order."""
    return [Wish(f"lines.{place}.product", product) for place, product in enumerate(products)]


@dataclass(frozen=True, slots=True)
class Said:
    """A product and whether the company may sell it there."""

    product: Product
    answer: Answer


def asked_before(
    actor: Actor,
    partner: Partner,
    products: Iterable[str],
    *,
    segment: str = "",
    territory: str = "",
    model: str = "",
) -> list[Said]:
    """Every product with its answer, by codes as they were typed; what there is not is left out.

    The customer is not looked up, so that the answer tells nothing about any.
    """
    found = {row.code: row for row in Product.objects.filter(code__in=products).select_related("family")}
    answers = may_sell_many(
        [partner],
        found.values(),
        segment=Segment.objects.filter(code=segment).first() if segment else None,
        territory=Territory.objects.filter(code=territory).first() if territory else None,
        model=model if model in EngagementModel.values else EngagementModel.SELL_TO,
        on=_today(actor),
    )
    return [Said(product, answers[partner.pk, product.pk]) for product in found.values()]


def said_of(actor: Actor, deal: Deal) -> list[Said]:
    """The products of a deal, each with the answer that a quote gets today. Of a draft, by what was typed alone."""
    if deal.state == DealState.DRAFT:
        codes = DealLine.objects.filter(deal=deal).values_list("product__code", flat=True)
        where = {"segment": deal.segment, "territory": deal.territory}
        typed = {name: thing.code if thing else "" for name, thing in where.items()}
        return asked_before(actor, deal.partner, list(codes), model=deal.engagement_model, **typed)
    with office(actor):
        lines = DealLine.objects.filter(deal=deal, state=LineState.ACTIVE).select_related("product__family")
        wanted = wishes({line.product_id: line.product for line in lines}.values())
        return [Said(wish.product, answer) for wish, answer in _answers(actor, deal, wanted)]


def check_authorised(actor: Actor, deal: Deal, wanted: Iterable[Wish]) -> None:
    """For the office. Raise ``Invalid("not_authorised")`` with an error at each product that the deal's company may not sell here."""
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
    found = [
        may_sell_many(
            [deal.partner],
            products,
            segment=segment,
            territory=territory,
            model=deal.engagement_model,
            on=_today(actor),
        )
        for segment in segments
    ]
    return [
        (wish, min((each[deal.partner_id, wish.product.pk] for each in found), key=lambda a: a.allowed))
        for wish in wanted
    ]


def _today(actor: Actor) -> date:
    return timezone.now().astimezone(actor.operator.zone).date()


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
