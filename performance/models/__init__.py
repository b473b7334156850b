from performance.models.feed import Credit, Intake, PendingChunk, RefusedLine, UnresolvedLine
from performance.models.imports import ImportJob
from performance.models.kpi import Day, Kpi, KpiTarget, LaneClock, Measurement, Member

__all__ = [
    "Credit",
    "Day",
    "ImportJob",
    "Intake",
    "Kpi",
    "KpiTarget",
    "LaneClock",
    "Measurement",
    "Member",
    "PendingChunk",
    "RefusedLine",
    "UnresolvedLine",
]
