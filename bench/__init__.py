"""Benchmarks: ``bench/<id>.py`` has ``run() -> dict[str, Result]``; ``make bench`` runs all or some of them."""

from bench.result import Result

__all__ = ["Result"]
