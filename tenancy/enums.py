"""The fixed vocabularies of tenancy: roles, audiences, permissions, calendars."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member is at an operator or at a partner (product.md part 1)."""

    PARTNER_OWNER = "partner_owner", _("Partner owner")
    PARTNER_SELLER = "partner_seller", _("Partner seller")
    PARTNER_TECHNICIAN = "partner_technician", _("Partner technician")
    PARTNER_FINANCE = "partner_finance", _("Partner finance")
    PAM = "pam", _("Partner account manager")
    PROGRAMME_MANAGER = "programme_manager", _("Programme manager")
    CHANNEL_FINANCE = "channel_finance", _("Channel finance")
    SUPPORT_AGENT = "support_agent", _("Support agent")
    DIRECT_SELLER = "direct_seller", _("Direct seller")
    EXECUTIVE = "executive", _("Executive")


PARTNER_ROLES = frozenset(
    {Role.PARTNER_OWNER, Role.PARTNER_SELLER, Role.PARTNER_TECHNICIAN, Role.PARTNER_FINANCE}
)


class Audience(StrEnum):
    """Who a transaction of the database works for; each is one database role (see ``tenancy.scope``)."""

    AUTH = "auth"
    PARTNER = "partner"
    PAM = "pam"
    OPERATOR = "operator"
    WORKER = "worker"
    PLATFORM = "platform"
    APPLICANT = "applicant"

    @property
    def db_role(self) -> str:
        return f"r_{self.value}"


def audience_of(role: str) -> Audience:
    """The audience that a member with ``role`` belongs to."""
    if role in PARTNER_ROLES:
        return Audience.PARTNER
    return Audience.PAM if role == Role.PAM else Audience.OPERATOR


class CalendarCode(models.TextChoices):
    GREGORIAN = "gregorian", _("Gregorian")
    JALALI = "jalali", _("Jalali")
    HIJRI = "hijri", _("Hijri (Umm al-Qura)")


class Language(models.TextChoices):
    EN = "en", "English"
    FA = "fa", "فارسی"
    AR = "ar", "العربية"


class Permission(StrEnum):
    """What an actor may do. Checked by services and by navigation, never by role name."""

    VIEW_CATALOG = "catalog.view"
    MANAGE_CATALOG = "catalog.manage"
    VIEW_PARTNERS = "partners.view"
    MANAGE_PARTNERS = "partners.manage"
    ASSIGN_BOOKS = "partners.books"
    MANAGE_STAFF = "people.staff"
    MANAGE_COMPANY = "people.company"
    MANAGE_TOKENS = "tokens.manage"
    RUN_IMPORTS = "imports.run"
    SEND_FEED = "feed.send"
    VIEW_FEED = "feed.view"
    VIEW_TRANSACTIONS = "transactions.view"
    VIEW_KPIS = "kpis.view"
    MANAGE_KPIS = "kpis.manage"
    VIEW_MEASUREMENTS = "measurements.view"
    VIEW_SCHEMES = "schemes.view"
    MANAGE_SCHEMES = "schemes.manage"
    VIEW_ACCRUALS = "accruals.view"
    VIEW_DASHBOARD = "dashboard.view"
    MANAGE_OPERATOR = "operator.manage"
    VIEW_AUDIT = "audit.view"
    # incentives: from approval to money
    APPROVE_SCHEMES = "schemes.approve"
    VIEW_STATEMENTS = "statements.view"
    SETTLE = "settlements.run"
    APPROVE_SETTLEMENTS = "settlements.approve"
    ADJUST = "adjustments.manage"
    HOLD = "holds.manage"
    DISPUTE = "disputes.raise"
    DECIDE_DISPUTES = "disputes.decide"
    VIEW_LEDGER = "ledger.view"
    VIEW_PAYMENTS = "payments.view"
    MANAGE_PAYMENTS = "payments.manage"
    MANAGE_BANK_ACCOUNT = "bank.manage"
    CONFIRM_BANK_ACCOUNT = "bank.confirm"
    ACKNOWLEDGE_RULES = "schemes.acknowledge"
    # the partner's life
    REVIEW_APPLICATIONS = "applications.review"
    SCOUT = "scouting.manage"
    VIEW_ONBOARDING = "onboarding.view"
    MANAGE_ONBOARDING = "onboarding.manage"
    VIEW_AUTHORISATIONS = "authorisations.view"
    MANAGE_AUTHORISATIONS = "authorisations.manage"
    VIEW_COVERAGE = "coverage.view"
    VIEW_PROGRAMS = "programs.view"
    MANAGE_PROGRAMS = "programs.manage"
    VIEW_TRAINING = "training.view"
    MANAGE_TRAINING = "training.manage"
    VIEW_PLANS = "plans.view"
    MANAGE_PLANS = "plans.manage"
    WORK_BOOK = "book.work"
    # deals
    VIEW_DEALS = "deals.view"
    REGISTER_DEALS = "deals.register"
    DECIDE_DEALS = "deals.decide"
    MANAGE_DEAL_RULES = "deals.rules"
    # leads
    VIEW_LEADS = "leads.view"
    WORK_LEADS = "leads.work"
    MANAGE_LEADS = "leads.manage"
