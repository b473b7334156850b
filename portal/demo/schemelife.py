"""What a demo operator has of a scheme's life: four eyes, a draft that waits for approval, simulations, confirmations."""

from datetime import date
from random import Random

from incentives.announcements.selectors import eligible_partners
from incentives.approval import content_digest, submit_version
from incentives.models import Acknowledgement, SchemeVersion
from incentives.selectors import current_period
from incentives.services import VersionData, amend_scheme
from incentives.simulation.rules import trial_of
from incentives.simulation.running import run_simulation
from incentives.simulation.services import last_periods, start_simulation
from partners.models import Partner
from portal.demo.places import Place
from portal.demo.rewards import labelled
from tenancy.access import scope_of
from tenancy.actors import Actor, actor_of
from tenancy.enums import Audience, Role
from tenancy.models import Membership
from tenancy.scope import scope
from tenancy.services import add_membership, ensure_person
from workflow.settings import change_setting

#: Of ten companies so many have confirmed the rules.
CONFIRMED = 7
NOTES = {
    "fa": "پله آخر را از ۴٪ به ۴٫۵٪ بردیم و پاداش تمدید را کم کردیم؛ شبیه‌سازی چهار فصل پیوست است.",
    "ar": "رفعنا الشريحة الأخيرة من 4٪ إلى 4.5٪ وخفضنا مكافأة التجديد؛ محاكاة أربعة أرباع مرفقة.",
    "en": "The last step goes from 4% to 4.5%, renewals earn less; four quarters are simulated.",
}


def make_scheme_life(actor: Actor, place: Place, rng: Random) -> None:
    """After the schemes are published; opens its own transactions."""
    _make_owners(actor, place)
    with scope_of(actor):
        _confirm(rng)
        draft = _draft(actor, place)
        manager = _manager(actor)
        periods = [period.code for period in last_periods(actor, draft.scheme.period, 4)]
        job = start_simulation(
            manager, trial=trial_of(draft), periods=periods, scheme=draft.scheme, version=draft
        )
        other = start_simulation(
            manager, trial=trial_of(_volume()), periods=periods, scheme=draft.scheme, version=_volume()
        )
        submit_version(manager, version_id=draft.pk, text=NOTES[place.language])
        change_setting(actor, "schemes.four_eyes", True)
    for simulation in (job, other):
        run_simulation(actor, simulation.pk)


def _make_owners(actor: Actor, place: Place) -> None:
    """An owner at every partner but the first, who has one that can log in; these have no password."""
    with scope(actor.operator.pk, Audience.AUTH):
        others = Partner.objects.exclude(code="p001").order_by("code")
        for index, partner in enumerate(others):
            name = place.people[index % len(place.people)]
            email = f"owner.{partner.code}@{place.slug}.example"
            person = ensure_person(email=email, name=name, language=place.language)
            add_membership(person, role=Role.PARTNER_OWNER, partner_id=partner.pk)


def _manager(actor: Actor) -> Actor:
    member = Membership.objects.filter(role=Role.PROGRAMME_MANAGER, active=True).order_by("pk").first()
    return actor_of(member, actor.operator) if member else actor


def _draft(actor: Actor, place: Place) -> SchemeVersion:
    """An amendment of the volume rebate from the next quarter on."""
    unit = place.unit
    formula = labelled(
        f"volume: marginal(sales, [0 -> 1%, {4000 * unit} -> 2%, {12000 * unit} -> 3%, {30000 * unit} -> 4.5%])\n"
        "loyalty: renewal_value * 0.2%",
        place.language,
    )
    published = _volume()
    starts: date = current_period(actor, "quarter").next().start
    version = VersionData(formula=formula, starts=starts, budget=published.budget)
    return amend_scheme(_manager(actor), scheme_code="volume", version=version)


def _confirm(rng: Random) -> None:
    owners = {
        member.partner_id: member
        for member in Membership.objects.filter(role=Role.PARTNER_OWNER, active=True).order_by("-pk")
    }
    rows = []
    for version in _published():
        for partner_id in eligible_partners(version, owners):
            if rng.randrange(10) < CONFIRMED:
                owner = owners[partner_id]
                rows.append(
                    Acknowledgement(
                        version=version,
                        partner_id=partner_id,
                        membership=owner,
                        name=owner.name,
                        digest=content_digest(version),
                    )
                )
    Acknowledgement.objects.bulk_create(rows)


def _volume() -> SchemeVersion:
    found: SchemeVersion = SchemeVersion.objects.select_related("scheme").get(scheme__code="volume", number=1)
    return found


def _published() -> list[SchemeVersion]:
    published = SchemeVersion.objects.filter(published_at__isnull=False).select_related("scheme")
    return list(published.order_by("scheme__code"))
