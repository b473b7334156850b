"""Vocabularies of the catalogue."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Layer(models.TextChoices):
    """Technology layers (product.md part 2)."""

    CONNECTIVITY = "connectivity", _("Connectivity")
    CLOUD = "cloud", _("Cloud")
    SECURITY = "security", _("Security")
    ENTERPRISE_IT = "enterprise_it", _("Enterprise IT hardware and software")
    IOT = "iot", _("IoT")
    DATA = "data", _("Data and analytics")
    CORE = "core", _("Core telecom")


class PartnerRole(models.TextChoices):
    """What a company is in the value chain."""

    PLATFORM_PROVIDER = "platform_provider", _("Platform provider")
    CONSULTANT = "consultant", _("Consultant")
    SYSTEM_INTEGRATOR = "system_integrator", _("System integrator")
    MSP = "msp", _("Managed service provider")
    RESELLER = "reseller", _("Reseller")
    DISTRIBUTOR = "distributor", _("Distributor")
    ISV = "isv", _("Independent software vendor")
    HARDWARE_VENDOR = "hardware_vendor", _("Hardware vendor")
    REFERRAL_AGENT = "referral_agent", _("Referral agent")


class EngagementModel(models.TextChoices):
    SELL_TO = "sell_to", _("Sell-to")
    SELL_WITH = "sell_with", _("Sell-with")
    REFERRAL = "referral", _("Referral")


class Contribution(models.TextChoices):
    """What a partner did in a sale."""

    SELL = "sell", _("Sell")
    SUPPLY = "supply", _("Supply")
    DELIVER = "deliver", _("Deliver")
    SUPPORT = "support", _("Support")
    REFER = "refer", _("Refer")


class KeyKind(models.TextChoices):
    """By what a customer is recognised."""

    LEGAL_ID = "legal_id", _("Legal id")
    NUMBER = "number", _("Customer number")
    DOMAIN = "domain", _("Web or mail domain")
    PHONE = "phone", _("Phone")
    NAME = "name", _("Name and city")


class Strength(models.TextChoices):
    """How sure it is that two customers are one."""

    HARD = "hard", _("Certain")
    STRONG = "strong", _("Strong")
    WEAK = "weak", _("Weak")
