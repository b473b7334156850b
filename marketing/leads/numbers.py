"""The numbers of leads that the operator may change; a change counts for what begins after it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from common.errors import InputError
from partners.models import Partner
from workflow.settings import define, rule

HOURS = _("working hours")
WORKING_DAYS = _("working days")
DAYS = _("days")
WEIGHT = _("weight")

accept_hours = define("leads.accept_hours", 8, _("Answer to an offered lead"), HOURS, least=1)
hot_accept_hours = define("leads.hot_accept_hours", 2, _("Answer to a hot lead"), HOURS, least=1)
contact_days = define("leads.contact_days", 2, _("First contact after accepting"), WORKING_DAYS, least=1)
capacity = define("leads.capacity", 10, _("Open leads of one partner, at most"), least=1)
offers_most = define("leads.offers_most", 3, _("Offers before a lead is placed by hand"), least=1)
warn_days = define("leads.warn_days", 5, _("Warning without an update"), DAYS, least=1)
recall_days = define("leads.recall_days", 7, _("Recalled without an update"), DAYS, least=2)
pause_days = define("leads.pause_days", 30, _("A partner may pause leads for"), DAYS, least=1, most=366)
hot_score = define("leads.hot_score", 75, _("A lead is hot from a score of"), least=1, most=100)
history_days = define("leads.history_days", 365, _("Conversions and answers count for"), DAYS, least=1)
recent_days = define("leads.recent_days", 30, _("Leads count as recent for"), DAYS, least=1)
default_partner = define("leads.default_partner", "", _("Code of the partner for leads that fit nobody"))

weights = {
    "identity": define("leads.weight_identity", 25, _("Score: who it is can be told"), WEIGHT, most=100),
    "reach": define("leads.weight_reach", 15, _("Score: ways to reach the person"), WEIGHT, most=100),
    "timing": define("leads.weight_timing", 25, _("Score: how soon"), WEIGHT, most=100),
    "size": define("leads.weight_size", 20, _("Score: size of the company"), WEIGHT, most=100),
    "product": define("leads.weight_product", 15, _("Score: what is wanted is clear"), WEIGHT, most=100),
}


@rule
def _default_partner_is_there(values: Mapping[str, Any]) -> None:
    code = str(values["leads.default_partner"]).strip()
    if code and not Partner.objects.filter(code=code).exists():
        text = _("There is no “%(code)s”.")
        raise InputError("unknown_code", text, "leads.default_partner", {"code": code[:60]})


@rule
def _warned_before_recalled(values: Mapping[str, Any]) -> None:
    if values["leads.recall_days"] <= values["leads.warn_days"]:
        raise InputError("recalled_first", _("A recall comes after its warning."), "leads.recall_days")
