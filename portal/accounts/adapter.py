"""Sign-in as the product wants it: members of the host's operator only, mails from the canonical host."""

import logging
from contextlib import nullcontext
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as current
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from portal.accounts import mails
from portal.accounts.waiting import waiting_invitation
from portal.shell.views import set_language_cookie
from tenancy.context import active
from tenancy.enums import Audience
from tenancy.models import Operator
from tenancy.scope import scope
from tenancy.selectors import is_member

PRODUCT = "sharik"
log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's decisions that differ here."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People come in by invitation only; see ``views.invitation``."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """A right password of somebody who is no member here fails like a wrong one."""
        person: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if (
            person is None
            or is_member(person.pk)
            or waiting_invitation(request, getattr(person, "email", ""))
        ):
            return person
        self.authentication_failed(request, **credentials)
        return None

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        language = getattr(user, "language", "")
        if request.operator and language in request.operator.languages:
            set_language_cookie(response, language)
        return response

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """Refuse the names of product and operator inside a password, which every attacker tries first."""
        clean: str = super().clean_password(password, user)
        operator: Operator | None = current.request.operator
        names = [PRODUCT, *((operator.slug, operator.name) if operator else ())]
        if any(len(name) > 2 and name.lower() in clean.lower() for name in names):
            raise ValidationError(_("The password contains the name of this portal."), code="password_names")
        return clean

    def is_safe_url(self, url: str) -> bool:
        """Only this host: another allowed host belongs to another operator."""
        request: HttpRequest = current.request
        return bool(
            url_has_allowed_host_and_scheme(
                url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
            )
        )

    def format_email_subject(self, subject: str) -> str:
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """allauth's own mails, in the recipient's language, in our frame."""
        operator: Operator = current.request.operator
        person = context.get("user")
        with translation.override(mails.language_of(getattr(person, "language", ""), operator)):
            mails.send_rendered(operator, email, template_prefix, context)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """allauth also calls this after the commit, when the scope of the request is closed.

        A mail that cannot be sent is noted only: what it tells of has happened already.
        """
        request: HttpRequest = self.request
        closed = active.get() is None
        with (
            current.request_context(request),
            scope(request.operator.pk, Audience.AUTH) if closed else nullcontext(),
        ):
            try:
                super().send_notification_mail(
                    template_prefix, user, {"user": user, **(context or {})}, email
                )
            except (SMTPException, OSError):
                log.exception("The notification %s could not be sent.", template_prefix)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return mails.absolute(current.request.operator, "account_reset_password_from_key", *_halves(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return mails.absolute(request.operator, "account_confirm_email", emailconfirmation.key)


def _halves(key: str) -> tuple[str, str]:
    """A reset key is written ``<person>-<secret>``."""
    person, _dash, secret = key.partition("-")
    return person, secret
