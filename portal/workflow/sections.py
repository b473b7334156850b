"""The words of the settings' sections: the part of a key before its dot."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

#: In the order in which they stand; a section that is not here comes last under its own name.
SECTIONS: dict[str, "Text"] = {
    "calendar": _("Working time"),
    "notices": _("Notifications"),
    "deals": _("Deals"),
    "leads": _("Leads"),
    "applications": _("Applications"),
    "scouting": _("Scouting"),
    "onboarding": pgettext_lazy("the process", "Onboarding"),
    "authorisations": _("Authorisations"),
    "coverage": _("Coverage"),
    "programs": _("Programmes"),
    "tiers": _("Tiers"),
    "training": _("Training"),
    "certificates": _("Certificates"),
    "book": _("Account managers"),
    "goals": _("Goals"),
    "plans": _("Business plans"),
    "reviews": _("Quarterly reviews"),
    "mdf": _("Marketing funds"),
    "incentives": _("Rewards"),
    "schemes": _("Schemes"),
    "holds": _("Holds"),
    "settlement": _("Settlement"),
    "settlements": _("Settlement"),
    "statements": _("Statements"),
    "disputes": _("Disputes"),
    "payments": _("Payments"),
    "ledger": _("Ledger"),
    "bank": _("Bank accounts"),
    "tickets": _("Tickets"),
}


def section_label(section: str) -> str:
    """The section's name in the active language."""
    return str(SECTIONS[section]) if section in SECTIONS else section.replace("_", " ").capitalize()


def section_order(section: str) -> tuple[int, str]:
    names = list(SECTIONS)
    return (names.index(section) if section in SECTIONS else len(names), section)
