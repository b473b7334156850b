"""The numbers of tiers that the operator may change; a change counts for what begins after it."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

grace_days = define("tiers.grace_days", 90, _("Grace after a review, before a lower tier"), _("days"))
rolling_months = define(
    "tiers.rolling_months", 12, _("Rolling time of a requirement"), _("months"), least=1, most=36
)
demotion_levels = define(
    "tiers.demotion_levels", 1, _("A partner falls by at most"), _("tiers"), least=1, most=10
)
exception_months = define(
    "tiers.exception_months", 12, _("An exception lasts at most"), _("months"), least=1, most=36
)
exception_notice_days = define(
    "tiers.exception_notice_days", 30, _("Notice before an exception ends"), _("days")
)
