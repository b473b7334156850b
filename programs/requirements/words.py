"""What requirements are called, and which of them are missing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from performance.models import Kpi
from programs.enums import Asks
from programs.models import Certification
from programs.requirements import sources
from programs.requirements.measured import Fact
from programs.requirements.trees import Leaf, Node, is_met
from tenancy.base import Named
from workflow.notices import names_of

CERTIFIED = _("Certified people")
GROWTH = _("Growth: %(name)s")


def in_all_languages(text: Any) -> dict[str, Any]:
    """A lazy text as a name for notices."""
    names = {}
    for code, _label in settings.LANGUAGES:
        with translation.override(code):
            names[code] = str(text)
    return {"name": names["en"], "names": names}


@dataclass
class Words:
    """The names of what leaves ask for; loaded once for any number of them."""

    kpis: Mapping[int, Kpi] = field(default_factory=dict)
    certifications: Mapping[int, Certification] = field(default_factory=dict)

    def thing(self, leaf: Leaf) -> Named | None:
        if leaf.asks in (Asks.KPI, Asks.GROWTH):
            return self.kpis.get(leaf.kpi_id or 0)
        return self.certifications.get(leaf.certification_id or 0)

    def label(self, leaf: Leaf) -> str:
        """In the active language."""
        thing = self.thing(leaf)
        if leaf.asks == Asks.SOURCE:
            source = sources.source_of(leaf.source)
            return str(source.label) if source else leaf.source
        if thing is None:
            return str(CERTIFIED)
        return str(GROWTH) % {"name": thing.label()} if leaf.asks == Asks.GROWTH else thing.label()

    def names(self, leaf: Leaf) -> dict[str, Any]:
        """As a parameter of notices."""
        thing = self.thing(leaf)
        if thing is not None:
            return names_of(thing)
        source = sources.source_of(leaf.source) if leaf.asks == Asks.SOURCE else None
        return in_all_languages(source.label if source else CERTIFIED)


def words_for(leaves: Iterable[Leaf]) -> Words:
    """Two queries."""
    every = list(leaves)
    kpis = Kpi.objects.filter(pk__in={leaf.kpi_id for leaf in every if leaf.kpi_id})
    held = Certification.objects.filter(
        pk__in={leaf.certification_id for leaf in every if leaf.certification_id}
    )
    return Words({kpi.pk: kpi for kpi in kpis}, {each.pk: each for each in held})


def missing(node: Node, met: Callable[[Leaf], bool]) -> Iterator[Leaf]:
    """The leaves that keep a node from being met; of "one of these", every way there is."""
    if is_met(node, met):
        return
    if isinstance(node, Leaf):
        yield node
        return
    for part in node.parts:
        yield from missing(part, met)


def gap(fact: Fact) -> Decimal:
    """How much is missing."""
    return fact.needed - (fact.measured or Decimal(0))
