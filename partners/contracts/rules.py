"""The operator's numbers for contracts."""

from django.utils.translation import gettext_lazy as _

from workflow.settings import define

accept_days = define(
    "onboarding.accept", 30, _("Time to accept a new contract version"), _("days"), least=1, most=365
)
