"""What takes a transaction back is judged as the transaction was: with the tier and role that the partner had then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.db import connection

from incentives.accrual.eligibility import Profile
from performance.models import Credit

_THEN = """
select back.id, l.inputs -> 'context' ->> 'tier', l.inputs -> 'context' ->> 'role'
from performance_credit back
join performance_credit c on c.operator_id = back.operator_id and c.source = back.source
  and case when back.position < 0
    then c.external_id = back.external_id and c.revision = back.revision - 1 and c.position = -1 - back.position
    else c.external_id = back.reverses and c.position = back.position end
join incentives_accrualline l on l.operator_id = c.operator_id and l.credit_id = c.id
where back.operator_id = (select app.op()) and back.id = any(%s) and l.inputs -> 'context' ?| array['tier', 'role']
order by c.revision
"""


def profiles_then(credits: Sequence[Credit], known: Mapping[int, Profile]) -> dict[int, Profile]:
    """Credit id -> the partner's profile to judge it by; ``known`` are today's by partner id."""
    found = {credit.pk: known[credit.partner_id] for credit in credits}
    back = [credit.pk for credit in credits if credit.position < 0 or credit.reverses]
    if back:
        with connection.cursor() as cursor:
            cursor.execute(_THEN, [back])
            for pk, tier, role in cursor.fetchall():
                found[pk] = _as_then(found[pk], tier, role)
    return found


def _as_then(profile: Profile, tier: str | None, role: str | None) -> Profile:
    roles = profile.roles if role is None else (role, *(each for each in profile.roles if each != role))
    return replace(profile, tier=profile.tier if tier is None else tier, roles=roles)
