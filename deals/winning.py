"""What winning sets off: lines of the feed that KPIs and fees count, and the transactions that prove the sale.

A won deal becomes one line per product in the feed, source ``sharik``, kind ``deal_won`` (``referral_won`` where the partner only
referred), with the attributes ``deal`` and ``deal_registered``. Sales KPIs pass over these lines unless they ask for them by
kind, source or attribute (``performance.counting.masks``), so a sale is not counted twice.

A transaction belongs to a won deal of its partner when it **names** it (attribute ``deal``, or a reference that is the deal's number
or begins with it), else when it is of the deal's **customer and one of its products** and came between the submission and
``deals.match_days`` after winning. The rest is linked by hand.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from common.errors import Conflict, InputError, NotFound
from deals.enums import DealState, LineState, MatchedBy
from deals.models import Deal, DealLine, DealReview, DealTransaction
from deals.newcustomers import note_first_day
from deals.office import open_deal
from deals.selectors import deals_for
from performance.feed.intake import receive_lines
from performance.models import Credit
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission
from tenancy.outbox import on
from workflow.settings import define

SOURCE: Final = "sharik"
match_days = define(
    "deals.match_days", 90, _("Transactions of the customer belong to a won deal for"), _("days")
)
_PLACES = Decimal("0.000001")
_MATCH: Final = """
with line as (
  select c.id, c.source, c.external_id, c.partner_id, c.product_id, c.customer_id, c.day, c.amount,
    coalesce(c.attributes ->> 'deal', substring(c.external_id from '^(D-[0-9]{{6,}})(?![0-9])')) as ref
  from performance_credit c
  where c.operator_id = %(op)s and c.source <> 'sharik' and c.sign > 0 and c.position >= 0 and {lines}
    and not exists (select 1 from deals_dealtransaction t where t.operator_id = %(op)s and t.source = c.source
      and t.external_id = c.external_id and t.partner_id = c.partner_id)),
found as (
  select distinct on (line.id) line.*, d.id as deal_id, (d.ref = line.ref) as named
  from line join deals_deal d on d.operator_id = %(op)s and d.partner_id = line.partner_id and d.state = 'won' and {deals}
  left join deals_dealreview r on r.operator_id = %(op)s and r.deal_id = d.id
  where d.ref = line.ref or (
    line.ref is null and r.customer_id = line.customer_id
    and line.day between (coalesce(d.submitted_at, d.created_at) at time zone %(zone)s)::date and d.won_on + %(days)s
    and exists (select 1 from deals_dealline l where l.operator_id = %(op)s and l.deal_id = d.id
      and l.product_id = line.product_id and l.state = 'active'))
  order by line.id, named desc nulls last, d.won_on desc, d.id)
insert into deals_dealtransaction
  (operator_id, deal_id, partner_id, source, external_id, product_id, day, amount, matched_by, linked_by, created_at)
select %(op)s, deal_id, partner_id, source, external_id, product_id, day, amount,
  case when named then 'reference' else 'customer' end, '', now()
from found on conflict do nothing
"""


@on("deal.won")
def deal_won(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"deal_id", ...}``: feed the line of the win, and look for transactions that came before it."""
    deal = Deal.objects.select_related("partner", "rep", "segment", "territory").get(pk=payload["deal_id"])
    note_first_day(actor, deal)
    receive_lines(actor, list(_won_lines(deal)), channel="deals")
    match_deal(actor, deal)


def match_deal(actor: Actor, deal: Deal) -> None:
    """Link the transactions that are here already and prove that ``deal`` was won."""
    _match(actor, "c.partner_id = %(partner)s and c.day >= %(since)s", "d.id = %(deal)s", deal=deal)


@on("measurements.changed")
def lines_counted(actor: Actor, payload: dict[str, Any]) -> None:
    """``{"credit_ids", ...}``: new transactions look for their won deals."""
    ids = payload.get("credit_ids", [])
    if ids and Deal.objects.filter(state=DealState.WON).exists():
        _match(actor, "c.id = any(%(ids)s)", "true", ids=ids)


def _match(
    actor: Actor, lines: str, deals: str, *, deal: Deal | None = None, ids: Iterable[int] = ()
) -> None:
    begun = deal.submitted_at or deal.created_at if deal else None
    values: dict[str, Any] = {
        "op": actor.operator.pk,
        "zone": actor.operator.time_zone,
        "days": match_days(),
        "ids": list(ids),
        "deal": deal.pk if deal else None,
        "partner": deal.partner_id if deal else None,
        "since": begun.astimezone(actor.operator.zone).date() if begun else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MATCH.format(lines=lines, deals=deals), values)


def _won_lines(deal: Deal) -> Iterable[dict[str, str]]:
    """The won amount as lines of the feed, one per product, shared out as the deal's lines are; exact to the last digit."""
    total = deal.won_amount or Decimal(0)
    lines = list(DealLine.objects.filter(deal=deal, state=LineState.ACTIVE).select_related("product"))
    whole = sum((line.amount for line in lines), Decimal(0))
    left, review = total, DealReview.objects.filter(deal=deal).select_related("customer").first()
    common = {
        "source": SOURCE,
        "kind": "referral_won" if deal.engagement_model == EngagementModel.REFERRAL else "deal_won",
        "occurred_at": deal.won_on.isoformat() if deal.won_on else "",
        "partner": deal.partner.code,
        "rep": deal.rep.code if deal.rep else "",
        "customer": review.customer.code if review and review.customer else "",
        "segment": deal.segment.code if deal.segment else "",
        "territory": deal.territory.code if deal.territory else "",
        "engagement_model": deal.engagement_model,
        "currency": deal.currency,
    }
    for place, line in enumerate(lines):
        share = line.amount / whole if whole else Decimal(1) / len(lines)
        amount = left if place == len(lines) - 1 else (total * share).quantize(_PLACES)
        left -= amount
        yield _line(deal, common, str(place), amount, line)
    if not lines:
        yield _line(deal, common, "0", total, None)


def _line(deal: Deal, common: dict[str, str], place: str, amount: Decimal, line: DealLine | None) -> Any:
    more = {"product": line.product.code, "quantity": format(line.quantity, "f")} if line else {}
    facts = {name: value for name, value in common.items() if value}
    attributes = {"deal": deal.ref, "deal_registered": "yes"}
    return {
        **facts,
        **more,
        "external_id": f"{deal.ref}-{place}",
        "amount": format(amount, "f"),
        "attributes": attributes,
    }


def unmatched(actor: Actor) -> QuerySet[Deal]:
    """Won deals without any transaction yet, the oldest win first."""
    lines = DealTransaction.objects.filter(deal=OuterRef("pk"))
    return deals_for(actor).filter(state=DealState.WON).exclude(Exists(lines)).order_by("won_on", "pk")


def transactions_of(actor: Actor, ref: str) -> QuerySet[DealTransaction]:
    """Transactions of a deal. Raises ``NotFound``."""
    deal = deals_for(actor).filter(ref=ref).first()
    if deal is None:
        raise NotFound()
    return DealTransaction.objects.filter(deal=deal).select_related("product")


def proven_amount(deal: Deal) -> Decimal:
    """What the linked transactions of ``deal`` sum up to."""
    found: Decimal | None = DealTransaction.objects.filter(deal=deal).aggregate(sum=Sum("amount"))["sum"]
    return found or Decimal(0)


def proposals(actor: Actor, deal: Deal, *, most: int = 20) -> list[Credit]:
    """Transactions of the deal's partner since its submission that belong to no deal yet, the likeliest amount first."""
    actor.require(Permission.DECIDE_DEALS)
    begun = (deal.submitted_at or deal.created_at).astimezone(actor.operator.zone).date()
    taken = DealTransaction.objects.filter(
        source=OuterRef("source"), external_id=OuterRef("external_id"), partner_id=OuterRef("partner_id")
    )
    lines = (
        Credit.objects.filter(
            partner_id=deal.partner_id, day__gte=begun - timedelta(days=30), sign__gt=0, position__gte=0
        )
        .exclude(source=SOURCE)
        .exclude(Exists(taken))
        .select_related("product", "customer")
    )
    wanted = deal.won_amount or Decimal(0)
    return sorted(lines.order_by("-day")[:500], key=lambda line: (abs(line.amount - wanted), -line.pk))[:most]


def link_transaction(actor: Actor, *, ref: str, source: str, external_id: str) -> DealTransaction:
    """Say that a transaction belongs to a won deal. Raises ``Conflict`` when it belongs to one already, ``InputError``."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS) as deal:
        if deal.state != DealState.WON:
            raise Conflict("not_won", _("Only a won deal has transactions."))
        line = Credit.objects.filter(
            partner_id=deal.partner_id, source=source.strip(), external_id=external_id.strip(), position__gte=0
        ).order_by("-revision", "position").first()  # fmt: skip
        if line is None or line.source == SOURCE:
            raise InputError("unknown_line", _("This partner has no such transaction."), "external_id")
        made: DealTransaction
        made, new = DealTransaction.objects.get_or_create(
            source=line.source, external_id=line.external_id, partner_id=line.partner_id,
            defaults={
                "deal": deal, "product_id": line.product_id, "day": line.day, "amount": line.amount,
                "matched_by": MatchedBy.HAND, "linked_by": actor.name,
            },
        )  # fmt: skip
        if not new:
            raise Conflict("linked", _("This transaction belongs to a deal already."), "external_id")
        audit.record(
            actor, "deal.link", deal, changes={"transaction": [None, f"{line.source}:{line.external_id}"]}
        )
    return made


def unlink_transaction(actor: Actor, *, ref: str, pk: int) -> None:
    """Take a link back. Raises ``NotFound``."""
    with open_deal(actor, ref, Permission.DECIDE_DEALS) as deal:
        found = DealTransaction.objects.filter(deal=deal, pk=pk).first()
        if found is None:
            raise NotFound()
        audit.record(
            actor, "deal.unlink", deal, changes={"transaction": [f"{found.source}:{found.external_id}", None]}
        )
        found.delete()
