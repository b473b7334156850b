"""The numbers of deal registration that the operator may change; a change counts for what begins after it."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

DAYS = _("days")
WORKING_DAYS = _("working days")

decision_days = define("deals.decision_days", 2, _("First decision about a deal"), WORKING_DAYS, least=1)
answer_days = define("deals.answer_days", 10, _("Answer to a question about a deal"), WORKING_DAYS, least=1)
protection_days = define("deals.protection_days", 90, _("Protection of an approved deal"), DAYS, least=1)
inactivity_days = define("deals.inactivity_days", 30, _("Inactivity notice without an update"), DAYS, least=1)
inactivity_end_days = define(
    "deals.inactivity_end_days", 14, _("After the notice, protection may be ended"), DAYS
)
extension_days = define("deals.extension_days", 30, _("An extension adds"), DAYS, least=1)
extensions_most = define("deals.extensions_most", 1, _("Extensions per deal"))
extension_keeps_days = define(
    "deals.extension_keeps_days", 5, _("An open extension request keeps protection alive"), WORKING_DAYS
)
offer_days = define("deals.offer_days", 5, _("An offer of the waiting list stands"), WORKING_DAYS, least=1)
late_win_days = define("deals.late_win_days", 30, _("An expired deal can still be won"), DAYS)
resubmissions_most = define("deals.resubmissions_most", 2, _("Resubmissions after a rejection"))
prechecks_per_hour = define("deals.prechecks_per_hour", 30, _("Checks before registering"), _("per hour"))
name_similarity = define("deals.name_similarity", 92, _("Names count as alike from"), "%", least=50, most=100)
second_approver_above = define(
    "deals.second_approver_above", 0, _("A second person approves deals above (0: never)")
)
join_waiting_list = define(
    "deals.join_waiting_list", True, _("Duplicates join the waiting list by themselves")
)
