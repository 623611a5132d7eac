"""How figures are told: medians of several runs, and ratios of medians."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median


def summary(seconds: Sequence[float]) -> dict[str, float]:
    """Minimum, median, 95th percentile and maximum in milliseconds."""
    ordered = sorted(1000 * s for s in seconds)
    return {
        "min_ms": round(ordered[0], 2),
        "median_ms": round(median(ordered), 2),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "max_ms": round(ordered[-1], 2),
        "runs": len(ordered),
    }


def ratio(ours: Sequence[float], peer: Sequence[float]) -> float:
    return round(median(ours) / median(peer), 4)
