"""What the programme manager writes down: forms, reasons, rules of engagement, named accounts."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.enums import EngagementModel
from catalog.matching import domain_key
from catalog.matching.parties import Party, identify_party
from catalog.models import Customer, Family, Product, Segment
from common.errors import Conflict, InputError, NotFound
from common.text import clean_line
from deals.enums import Decision, Leads, ReasonKind
from deals.forms import REQUIRABLE
from deals.identity import keep_keys
from deals.models import DealForm, DealReason, EngagementRule, NamedAccount
from programs.models import Programme
from tenancy import audit
from tenancy.actors import Actor
from tenancy.enums import Permission, Role
from tenancy.models import Membership

RULES = Permission.MANAGE_DEAL_RULES


def save_form(
    actor: Actor,
    *,
    engagement_model: str = "",
    programme: str = "",
    required: Collection[str] = (),
    evidence: Collection[Mapping[str, str]] = (),
    auto_limit: Decimal | None = None,
    active: bool = True,
) -> DealForm:
    """The form for an engagement model and programme (empty: all), made or changed."""
    actor.require(RULES)
    if engagement_model and engagement_model not in EngagementModel.values:
        raise InputError("unknown_choice", _("This value is not valid."), "engagement_model")
    _by_code(Programme, programme, "programme")
    unknown = set(required) - set(REQUIRABLE)
    if unknown:
        raise InputError("unknown_field", _("There is no such field."), "required")
    values = {
        "required": [name for name in REQUIRABLE if name in set(required)],
        "evidence": [{"code": each["code"], "name": each["name"]} for each in evidence],
        "auto_limit": auto_limit,
        "active": active,
    }
    row: DealForm
    row, _created = DealForm.objects.update_or_create(
        engagement_model=engagement_model, programme=programme.strip(), defaults=values
    )
    audit.record(actor, "dealform.save", row, changes=values)
    return row


def end_form(actor: Actor, *, form_id: int) -> None:
    """It asks for nothing any more; the next less exact form holds."""
    actor.require(RULES)
    _end(actor, DealForm.objects.filter(pk=form_id, active=True).first(), "dealform.end")


def save_reason(actor: Actor, *, kind: str, code: str, name: str, active: bool = True) -> DealReason:
    """A reason of the operator's own; one of the product's codes changes its words or, inactive, takes it off the list."""
    actor.require(RULES)
    if kind not in ReasonKind.values:
        raise InputError("unknown_choice", _("This value is not valid."), "kind")
    if not code.strip() or not name.strip():
        raise InputError("required", _("This must not be empty."), "name" if code.strip() else "code")
    values = {"name": clean_line(name), "active": active}
    row: DealReason
    row, _created = DealReason.objects.update_or_create(kind=kind, code=code.strip(), defaults=values)
    audit.record(actor, "dealreason.save", row, ref=row.code, changes=values)
    return row


def save_rule(
    actor: Actor,
    *,
    leads: str,
    on_conflict: str,
    segment: str = "",
    family: str = "",
    product: str = "",
) -> EngagementRule:
    """The rule for a segment, family or product (codes; empty: any). The older one for the same gives way."""
    actor.require(RULES)
    if leads not in Leads.values:
        raise InputError("unknown_choice", _("This value is not valid."), "leads")
    if on_conflict not in (Decision.GO_ON, Decision.CO_SELL, Decision.REFUSE):
        raise InputError("unknown_choice", _("This value is not valid."), "on_conflict")
    about = {
        "segment": _by_code(Segment, segment, "segment"),
        "family": _by_code(Family, family, "family"),
        "product": _by_code(Product, product, "product"),
    }
    EngagementRule.objects.filter(active=True, **_same(about)).update(active=False)
    row: EngagementRule = EngagementRule.objects.create(leads=leads, on_conflict=on_conflict, **about)
    changes = {name: thing.code if thing else None for name, thing in about.items()}
    audit.record(actor, "engagementrule.save", row, changes={**changes, "leads": leads})
    return row


def _same(about: Mapping[str, Any]) -> dict[str, Any]:
    return {
        f"{name}_id" if thing else f"{name}__isnull": thing.pk if thing else True
        for name, thing in about.items()
    }


def _by_code(model: Any, code: str, field: str) -> Any:
    if not code.strip():
        return None
    found = model.objects.filter(code=code.strip()).first()
    if found is None:
        raise InputError("unknown_code", _("There is no “%(code)s”."), field, {"code": code})
    return found


def end_rule(actor: Actor, *, rule_id: int) -> None:
    actor.require(RULES)
    _end(actor, EngagementRule.objects.filter(pk=rule_id, active=True).first(), "engagementrule.end")


def save_account(
    actor: Actor,
    *,
    customer: str,
    seller_id: int,
    families: Collection[str] = (),
    domains: Collection[str] = (),
    phone: str = "",
    city: str = "",
) -> NamedAccount:
    """Give a customer to a direct seller, for all products or some families; made or changed."""
    actor.require(RULES)
    owner: Customer = _by_code(Customer, customer, "customer")
    if owner is None:
        raise InputError("required", _("This must not be empty."), "customer")
    owner = owner.merged_into or owner
    seller = Membership.objects.filter(pk=seller_id, role=Role.DIRECT_SELLER, active=True).first()
    if seller is None:
        raise InputError("no_seller", _("Choose a direct seller."), "seller")
    found = {family.code: family.pk for family in Family.objects.filter(code__in=families)}
    if set(families) - set(found):
        raise InputError("unknown_code", _("There is no such family."), "families")
    wrong = [text for text in domains if not domain_key(text)]
    if wrong:
        raise InputError(
            "invalid", _("“%(value)s” is no domain of a company."), "domains", {"value": wrong[0]}
        )
    values: dict[str, Any] = {
        "seller": seller,
        "families": sorted(found.values()),
        "domains": [domain_key(text) for text in domains],
        "phone": phone.strip(),
        "city": clean_line(city),
    }
    row: NamedAccount
    row, _created = NamedAccount.objects.update_or_create(customer=owner, active=True, defaults=values)
    keep_account_keys(row)
    audit.record(actor, "namedaccount.save", row, ref=owner.code, changes={"seller": seller.email})
    return row


def keep_account_keys(account: NamedAccount) -> None:
    """By what registrations find the account."""
    customer = account.customer
    party = Party(
        name=customer.name,
        legal_id=customer.legal_id,
        country=customer.country,
        number=customer.code,
        domains=tuple(account.domains),
        phone=account.phone,
        city=account.city,
    )
    keep_keys(identify_party(party), account_id=account.pk)


def end_account(actor: Actor, *, account_id: int) -> None:
    actor.require(RULES)
    row = NamedAccount.objects.filter(pk=account_id).select_related("customer").first()
    if row is None:
        raise NotFound()
    if not row.active:
        raise Conflict("ended", _("This is no named account any more."))
    _end(actor, row, "namedaccount.end", ref=row.customer.code)


def _end(
    actor: Actor, row: DealForm | EngagementRule | NamedAccount | None, event: str, *, ref: str = ""
) -> None:
    if row is None:
        raise NotFound()
    row.active = False
    row.save(update_fields=["active"])
    audit.record(actor, event, row, ref=ref)
