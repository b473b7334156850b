"""Builds a demo operator from nothing, in a few transactions of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from common.errors import NotFound
from common.periods import period_of
from performance.counting.service import count_pending
from performance.feed.intake import receive_file
from performance.tasks import deliver_events
from portal.demo.authorised import make_authorisations, make_core, make_roles
from portal.demo.banking import make_accounts
from portal.demo.book import make_book, make_plans, make_reviews
from portal.demo.deals import make_deals
from portal.demo.directory import make_directory
from portal.demo.entry import make_applications, make_offers
from portal.demo.goals import make_goals
from portal.demo.kinds import make_exchanges, make_kinds
from portal.demo.leads import make_leads
from portal.demo.lines import DAYS, history
from portal.demo.master import Demo, make_catalogue, make_customers, make_partners, make_people
from portal.demo.onboarding import make_onboarding
from portal.demo.pipeline import make_pipeline, make_quotes
from portal.demo.places import Place
from portal.demo.rewards import make_kpis, make_schemes, make_targets
from portal.demo.schemelife import make_scheme_life
from portal.demo.scouting import make_prospects
from portal.demo.settled import settle_past
from portal.demo.talk import make_holidays, make_talk
from portal.demo.tiers import make_tiers
from portal.demo.training import make_training
from programs.coverage.gather import gather
from tenancy.access import find_operator, scope_of
from tenancy.actors import Actor, system_actor
from tenancy.services import create_operator
from workflow.timers import fire_due

Say = Callable[[str], None]


def exists(place: Place) -> bool:
    """Whether this operator is there already; its data is then the user's."""
    try:
        find_operator(place.slug)
    except NotFound:
        return False
    return True


def build(place: Place, now: datetime, say: Say) -> None:
    """Create the operator and everything in it, as of ``now``."""
    operator = create_operator(
        slug=place.slug,
        name=place.name,
        names=place.names,
        languages=place.languages,
        calendar=place.calendar,
        currency=place.currency,
        time_zone=place.time_zone,
        brand_colour=place.colour,
        weekend=list(place.weekend),
    )
    actor = system_actor(operator)
    rng = Random(f"sharik {place.slug}")  # noqa: S311  (demo data, no secret)
    today = now.astimezone(operator.zone).date()
    demo = Demo(place)
    with scope_of(actor):
        make_catalogue(actor, place)
        make_core(actor, place)
        make_roles(actor)
        make_customers(actor, place, rng, today)
        demo.partners = make_partners(actor, place, rng, today)
        make_people(actor, place)
        make_accounts(actor, place)
        make_kpis(actor, place)
        make_holidays(actor, place, today)
        make_talk(actor, place)
    deliver_events(actor)
    say(f"{place.slug}: {place.lines:,} transactions ...")
    customers = [f"c{number:05d}" for number in range(1, place.customers + 1)]
    receipt = receive_file(actor, history(demo, rng, customers, now), channel="demo")
    if receipt.rejected:
        raise ValueError(f"demo line refused: {receipt.rejected[0].message}")
    count_all(actor)
    with scope_of(actor):
        make_targets(actor, today)
        make_goals(actor, place, today)
        first = period_of(
            today - timedelta(days=DAYS - 100), "quarter", operator.days, operator.fiscal_start_month
        )
        make_schemes(actor, place, first.start)
        make_kinds(actor, place, today)
        make_authorisations(actor, place, today)
        make_deals(actor, place, rng, today)
        make_pipeline(actor, place, Random(f"pipeline {place.slug}"), today)  # noqa: S311
        make_training(actor, place, Random(f"training {place.slug}"), today)  # noqa: S311
    deliver_events(actor)
    make_offers(actor, place)
    make_applications(actor, place)
    make_prospects(actor, place, Random(f"prospects {place.slug}"))  # noqa: S311
    say(f"{place.slug}: settling ...")
    with scope_of(actor):
        make_exchanges(actor)
        gather(actor, today)
    deliver_events(actor)
    make_scheme_life(actor, place, Random(f"scheme life {place.slug}"))  # noqa: S311
    deliver_events(actor)
    with scope_of(actor):
        make_book(actor, place, now)
        make_plans(actor, place, now)
    deliver_events(actor)
    with scope_of(actor):
        make_reviews(actor, place, now)
        fire_due(actor, now=now)
    deliver_events(actor)
    settle_past(actor, place)
    make_tiers(actor, place, today)
    with scope_of(actor):
        make_quotes(actor)
        make_directory(actor, place, Random(f"directory {place.slug}"))  # noqa: S311
        make_leads(actor, place, Random(f"leads {place.slug}"), now)  # noqa: S311
    make_onboarding(actor, place, today)
    count_all(actor)  # What was told as facts on the way.
    say(f"{place.slug}: {receipt.accepted:,} counted, {operator.origin}/")


def count_all(actor: Actor) -> None:
    """Count everything that waits, as the worker would."""
    for lane in range(settings.FEED_LANES):
        while count_pending(actor, lane).lines:
            continue
    deliver_events(actor)
