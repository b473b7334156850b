"""Vocabularies of onboarding."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OnboardingState(models.TextChoices):
    RUNNING = "running", _("Under way")
    FINISHED = "finished", _("Finished")
    STOPPED = "stopped", _("Stopped")


class StepKind(models.TextChoices):
    PROFILE = "profile", _("Company profile")
    LEGAL = "legal", _("Legal and tax identity")
    BANK = "bank", _("Bank account verified")
    CONTRACT = "contract", _("Contract accepted")
    DOCUMENT = "document", _("Document in the vault")
    STOCK = "stock", _("Number and SIM stock agreement")
    TRAINING = "training", _("Training completed")
    USERS = "users", _("First users")
    TEST_ORDER = "test_order", _("Test order")
    FIRST_DEAL = "first_deal", _("First deal")
    FREE = "free", _("Something else")


class StepState(models.TextChoices):
    PENDING = "pending", _("To do")
    SUBMITTED = "submitted", _("Being checked")
    ACTION_REQUIRED = "action_required", _("Action required")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")
    EXPIRED = "expired", _("Expired")


class Side(models.TextChoices):
    """Who works on a step."""

    PARTNER = "partner", _("Partner")
    OPERATOR = "operator", _("Operator")


class Approver(models.TextChoices):
    """Who looks at what was handed in before it counts."""

    NOBODY = "nobody", _("Nobody")
    PAM = "pam", _("Account manager")
    PROGRAMME = "programme", _("Programme manager")


#: Steps that the system sees by itself; a partner hands nothing in.
SEEN = frozenset({StepKind.BANK, StepKind.CONTRACT, StepKind.TRAINING, StepKind.USERS, StepKind.FIRST_DEAL})
#: Steps that ask for values of their own.
ASKED = frozenset({StepKind.PROFILE, StepKind.LEGAL})
#: Somebody still has to do something.
OPEN = (StepState.PENDING, StepState.SUBMITTED, StepState.ACTION_REQUIRED, StepState.EXPIRED)
SETTLED = (StepState.DONE, StepState.SKIPPED)
