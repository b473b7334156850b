"""The trees of a programme's tiers, out of the database."""

from collections import defaultdict

from programs.enums import GROUPS
from programs.models import Programme, Requirement, RequirementValue, Tier
from programs.requirements.trees import Group, Leaf, Row, Threshold, TierTree, build


def trees_of(programme: Programme) -> list[TierTree]:
    """Every tier of the programme with what it asks, lowest first. Three queries."""
    tiers = list(Tier.objects.filter(programme=programme).order_by("rank"))
    nodes = Requirement.objects.filter(tier__in=tiers).order_by("position", "id")
    matrix: dict[int, list[Threshold]] = defaultdict(list)
    for row in RequirementValue.objects.filter(requirement__tier__programme=programme):
        matrix[row.requirement_id].append(Threshold(row.role, row.layer, row.value))
    rows: dict[int, list[Row]] = defaultdict(list)
    for node in nodes:
        rows[node.tier_id].append(Row(plain(node, matrix[node.pk]), node.parent_id))
    return [build(tier.pk, tier.rank, rows[tier.pk]) for tier in tiers]


def plain(node: Requirement, matrix: list[Threshold]) -> Leaf | Group:
    """A stored node as a plain value, without what stands below it."""
    if node.asks in GROUPS:
        return Group(node.pk, node.asks, ())
    general = [] if node.threshold is None else [Threshold("", "", node.threshold)]
    return Leaf(
        id=node.pk,
        asks=node.asks,
        thresholds=(*general, *matrix),
        kpi_id=node.kpi_id,
        window=node.window,
        months=node.months,
        certification_id=node.certification_id,
        source=node.source,
    )
