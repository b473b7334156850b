"""The page on which a version is submitted, looked at by a second person, approved or returned."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from common.errors import Conflict, InputError
from incentives import approval
from incentives.announcements.selectors import version_before
from incentives.models import Approval, SchemeVersion
from incentives.selectors import get_scheme, newest_version
from incentives.simulation.selectors import may_read, simulations_for
from portal.announcements.words import rules_words, versus
from portal.schemes.wording import eligibility_words
from portal.shell.access import actor_of_request, member_page
from portal.shell.formats import formats_of
from tenancy.actors import Actor
from tenancy.enums import Permission

#: Simulations of the version that the page lists.
LATEST = 5


class ApprovalPage(View):
    """GET shows the version with its submission; POST does what ``do`` says: submit, approve, return, withdraw."""

    actor: Actor
    version: SchemeVersion

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        return member_page(Permission.VIEW_SCHEMES, audience="staff")(super().as_view(**initkwargs))

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.actor = actor_of_request(request)
        if not may_read(self.actor):
            raise PermissionDenied
        self.version = newest_version(self.actor, get_scheme(self.actor, kwargs["code"]))
        if self.version.published_at is not None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        try:
            with transaction.atomic():
                done = self.act(request.POST.get("do", ""), request.POST.get("text", ""))
        except (Conflict, InputError) as error:
            return self.page(error.message)
        messages.success(request, done)
        return HttpResponseRedirect(reverse("approvals:approval", args=[code]))

    def act(self, do: str, text: str) -> str:
        """Returns what to say afterwards."""
        pk = self.version.pk
        if do == "submit":
            approval.submit_version(self.actor, version_id=pk, text=text)
            return _("The version is submitted. A second person decides.")
        if do == "approve":
            approval.approve_version(self.actor, version_id=pk)
            return _("The version is approved and can be published.")
        if do == "return":
            approval.return_version(self.actor, version_id=pk, reason=text)
            return _("The version went back with your reason.")
        if do == "withdraw":
            approval.withdraw_version(self.actor, version_id=pk)
            return _("The submission is withdrawn.")
        raise Http404

    def page(self, refusal: str = "") -> HttpResponse:
        version, actor, formats = self.version, self.actor, formats_of(self.request)
        row = approval.newest_approval(actor, version)
        before = version_before(version)
        simulations = simulations_for(actor).filter(version=version)[:LATEST]
        context = {
            "title": _("Approval of version %(number)s") % {"number": formats.number(version.number)},
            "crumbs": [
                (_("Incentive schemes"), reverse("schemes:list")),
                (str(version.scheme), reverse("schemes:scheme", args=[version.scheme.code])),
            ],
            "scheme": version.scheme,
            "version": version,
            "row": row,
            "digest": approval.content_digest(version),
            "needed": approval.four_eyes(),
            "plain": rules_words(actor, formats, version),
            "eligibility": eligibility_words(actor, version.eligibility),
            "before": before,
            "versus": versus(actor, formats, before, version) if before else [],
            "simulations": simulations,
            "refusal": refusal,
            **self.possible(row),
        }
        return render(self.request, "portal/approvals/approval.html", context, status=422 if refusal else 200)

    def possible(self, row: Approval | None) -> dict[str, bool]:
        """Which buttons there are for this reader."""
        writes = self.actor.can(Permission.MANAGE_SCHEMES)
        is_open = row is not None and row.state in approval.OPEN
        return {
            "may_submit": writes and not is_open,
            "may_withdraw": writes and is_open,
            "may_decide": row is not None and approval.may_decide(self.actor, row),
            "may_publish": writes and row is not None and row.state == "approved",
            "own_work": row is not None
            and row.state == "submitted"
            and self.actor.can(Permission.APPROVE_SCHEMES)
            and not approval.may_decide(self.actor, row),
        }
