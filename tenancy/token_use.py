"""When a token was last used, kept to the minute."""

from datetime import timedelta

from django.utils import timezone

from tenancy.models import ApiToken

KEPT_TO = timedelta(minutes=1)


def note_use(token: ApiToken) -> None:
    """Write down that ``token`` was used now, at most once a minute.

    A request that finds the row locked leaves it: another one is writing the same.
    """
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - KEPT_TO:
        return
    same = ApiToken.objects.filter(pk=token.pk)
    if same.select_for_update(skip_locked=True, no_key=True).values_list("pk").first() is not None:
        same.update(last_used_at=now)
