"""The numbers of applications that the operator may change; a change counts for what begins after it."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

DAYS = _("days")
WORKING_DAYS = _("working days")

first_answer_days = define(
    "applications.first_answer_days", 3, _("First answer to an application"), WORKING_DAYS, least=1
)
answer_days = define("applications.answer_days", 15, _("An applicant has time to answer"), DAYS, least=1)
draft_days = define(
    "applications.draft_days", 14, _("An application that is not sent is kept"), DAYS, least=1
)
reapply_days = define("applications.reapply_days", 90, _("Applying again after a rejection"), DAYS)
strong_from = define("applications.strong_from", 60, _("A score is strong from"), "%", least=1, most=100)
name_similarity = define(
    "applications.name_similarity", 92, _("Company names count as alike from"), "%", least=50, most=100
)
