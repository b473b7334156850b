"""The numbers of training that the operator may change; a change counts for what begins after it."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

DAYS = _("days")

grace_days = define("training.grace_days", 30, _("An expired certificate still counts"), DAYS, most=365)
replace_days = define(
    "training.replace_days", 60, _("Time to replace a certified person who left"), DAYS, most=365
)
requirements_most = define(
    "training.requirements_most", 2, _("Requirements in which one person counts"), least=1, most=20
)
specialisation_days = define(
    "training.specialisation_days",
    60,
    _("A specialisation stays while something is missing"),
    DAYS,
    most=365,
)
#: Days before the end at which a certificate is warned about.
WARNING_DAYS = (90, 60, 30, 7)
