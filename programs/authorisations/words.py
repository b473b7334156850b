"""A rule in words, in the reader's language."""

from django.utils.translation import gettext as _

from catalog.enums import EngagementModel, Layer, PartnerRole
from programs.enums import Effect
from programs.models import Authorisation, Worksheet

Ruling = Authorisation | Worksheet


def whom(rule: Ruling) -> str:
    """Whom it is for."""
    if rule.partner is not None:
        return rule.partner.label()
    if rule.tier is not None:
        words = {"tier": rule.tier.label(), "programme": rule.tier.programme.label()}
        if getattr(rule, "effect", Effect.ALLOW) == Effect.ALLOW:
            return _("%(tier)s or higher in %(programme)s") % words
        return _("%(tier)s or lower in %(programme)s") % words
    if rule.programme is not None:
        return rule.programme.label()
    return str(PartnerRole(rule.role).label) if rule.role else _("All partners")


def what(rule: Ruling) -> str:
    """The product or layer."""
    if rule.product is not None:
        return rule.product.label()
    return str(Layer(rule.layer).label) if rule.layer else _("All products")


def where(rule: Ruling) -> list[str]:
    """Segment, territory and engagement model, as far as it names them."""
    parts = [thing.label() for thing in (rule.segment, rule.territory) if thing is not None]
    if rule.engagement_model:
        parts.append(str(EngagementModel(rule.engagement_model).label))
    return parts


def sentence(rule: Ruling) -> str:
    """All of it in a line."""
    return " · ".join([whom(rule), what(rule), *where(rule)])
