"""Estimates with bounds, for approximate actions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

from rayspark.statcounter import StatCounter


class BoundedFloat(float):
    """A number that may be an estimate.

    Parameters
    ----------
    mean : float
        The estimate.
    confidence : float
        Probability that the true value lies within the bounds.
    low, high : float
        The bounds.

    Examples
    --------
    >>> from rayspark.rdd import BoundedFloat
    >>> about = BoundedFloat(100.0, 0.95, 95.0, 105.0)
    >>> about + 1, about.low, about.confidence
    (101.0, 95.0, 0.95)
    """

    confidence: float
    low: float
    high: float

    def __new__(cls, mean: float, confidence: float, low: float, high: float) -> BoundedFloat:
        """Make the float with its bounds."""
        made = float.__new__(cls, mean)
        made.confidence, made.low, made.high = confidence, low, high
        return made


_UNKNOWN = (0.0, 0.0, -math.inf, math.inf)


def bounded_sum(parts: Sequence[float], total: int, confidence: float) -> BoundedFloat:
    """Sum of ``total`` numbers of which only ``parts`` are known.

    >>> bounded_sum([2.0, 3.0], 2, 0.9)
    5.0
    """
    seen = StatCounter(parts)
    exact = math.fsum(parts)
    if len(parts) == total:
        return BoundedFloat(exact, 1.0, exact, exact)
    if not parts:
        return BoundedFloat(*_UNKNOWN)
    share = len(parts) / total
    estimate = seen.mean() * (seen.count() / share)
    if seen.count() == 1:
        return BoundedFloat(estimate, confidence, -math.inf, math.inf)
    mean_variance = seen.sampleVariance() / seen.count()
    count_variance = seen.count() * (1 - share) / (share * share)
    variance = (
        seen.mean() ** 2 * count_variance
        + (seen.count() * (1 - share) / share) ** 2 * mean_variance
        + mean_variance * count_variance
    )
    margin = _factor(seen.count(), confidence) * math.sqrt(variance)
    return BoundedFloat(estimate, confidence, estimate - margin, estimate + margin)


def bounded_mean(parts: Sequence[StatCounter], total: int, confidence: float) -> BoundedFloat:
    """Mean of the records of ``total`` partitions of which only ``parts`` are known.

    >>> bounded_mean([StatCounter([1.0, 3.0])], 1, 0.9)
    2.0
    """
    seen = StatCounter()
    for part in parts:
        seen.mergeStats(part)
    mean = float(seen.mean())
    if len(parts) == total:
        return BoundedFloat(mean, 1.0, mean, mean)
    if seen.count() == 0:
        return BoundedFloat(*_UNKNOWN)
    if seen.count() == 1:
        return BoundedFloat(mean, confidence, -math.inf, math.inf)
    deviation = math.sqrt(seen.sampleVariance() / seen.count())
    margin = _factor(seen.count(), confidence) * deviation
    return BoundedFloat(mean, confidence, mean - margin, mean + margin)


def _factor(count: int, confidence: float) -> float:
    """How many standard deviations the bounds are away: normal, or Student's t for few values."""
    probability = 1 - (1 - confidence) / 2
    normal = NormalDist().inv_cdf(probability)
    if count > 100:
        return normal
    low, high = 0.0, normal
    while _student_cdf(high, count - 1) < probability:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        if _student_cdf(middle, count - 1) < probability:
            low = middle
        else:
            high = middle
    return high


def _student_cdf(t: float, freedom: int) -> float:
    """Distribution function of Student's t for ``t >= 0``, by the closed sums for whole degrees of
    freedom (Abramowitz and Stegun, 26.7.3 and 26.7.4).
    """
    theta = math.atan(t / math.sqrt(freedom))
    cosine, sine = math.cos(theta), math.sin(theta)
    odd = freedom % 2 == 1
    term = total = cosine if odd else 1.0
    for k in range(2 if odd else 1, freedom - 1, 2):
        term *= cosine * cosine * k / (k + 1)
        total += term
    if not odd:
        return 0.5 + sine * total / 2
    inside = sine * total if freedom > 1 else 0.0
    return 0.5 + (theta + inside) / math.pi
