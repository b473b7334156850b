"""The tenant."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.calendars import Calendar, get_calendar
from tenancy.enums import CalendarCode, Language


def default_languages() -> list[str]:
    return ["en"]


class Operator(models.Model):
    """A telecom operator with its own host name, brand, languages, calendar, currency, zone and week."""

    slug = models.CharField(
        max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
    )
    name = models.CharField(_("name"), max_length=120)
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    custom_domain = models.CharField(_("custom domain"), max_length=253, unique=True, null=True, blank=True)
    brand_colour = models.CharField(
        _("brand colour"), max_length=7, default="#2f5fd0", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    languages = ArrayField(
        models.CharField(max_length=2, choices=Language.choices),
        verbose_name=_("languages"),
        default=default_languages,
    )
    calendar = models.CharField(
        _("calendar"), max_length=10, choices=CalendarCode.choices, default=CalendarCode.GREGORIAN
    )
    fiscal_start_month = models.PositiveSmallIntegerField(
        _("first month of the fiscal year"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(12)],
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    show_toman = models.BooleanField(_("show rial amounts in toman"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    #: ISO weekday numbers, Monday 1 to Sunday 7.
    weekend = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("week-end"), default=list, blank=True
    )
    active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    def label(self, language: str) -> str:
        return str(self.names.get(language.split("-")[0]) or self.name)

    @property
    def host(self) -> str:
        """The host name that people reach this operator at, without the port."""
        return self.custom_domain or f"{self.slug}.{settings.BASE_DOMAIN}"

    @property
    def origin(self) -> str:
        """Scheme, host and (outside https) port: what links in mails begin with."""
        port = f":{settings.PORT}" if settings.PUBLIC_SCHEME == "http" else ""
        return f"{settings.PUBLIC_SCHEME}://{self.host}{port}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def days(self) -> Calendar:
        """The operator's calendar."""
        return get_calendar(self.calendar)

    @property
    def main_language(self) -> str:
        return self.languages[0] if self.languages else "en"
