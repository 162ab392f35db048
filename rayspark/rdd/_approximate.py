"""Actions that give an estimate: after a time limit, or in little memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from rayspark.rdd import hyperloglog
from rayspark.rdd._numeric import Numeric
from rayspark.rdd._transformations import count_records
from rayspark.rdd.bounds import BoundedFloat, bounded_mean, bounded_sum
from rayspark.rdd.samplers import CHUNK
from rayspark.records import dataclass
from rayspark.serializers import batched
from rayspark.shuffle.partitioner import portable_hash
from rayspark.statcounter import StatCounter

T_co = TypeVar("T_co", covariant=True)


class Approximate(Numeric[T_co]):
    """Approximate actions.

    Those with a time limit give the exact value, with confidence 1.0, when the job ends in time;
    otherwise the rest of the job is cancelled.
    """

    def countApprox(self, timeout: int, confidence: float = 0.95) -> int:
        """Number of records, estimated when the job takes longer than ``timeout`` milliseconds.

        Parameters
        ----------
        timeout : int
            Milliseconds.
        confidence : float
            As in :meth:`sumApprox`.

        >>> sc.range(1000, numSlices=10).countApprox(60000)
        1000
        """
        parts = [float(size) for size in self._run_until(timeout, count_records)]
        return int(bounded_sum(parts, self.getNumPartitions(), confidence))

    def sumApprox(self, timeout: int, confidence: float = 0.95) -> BoundedFloat:
        """Sum of the records, estimated when the job takes longer than ``timeout`` milliseconds.

        Parameters
        ----------
        timeout : int
            Milliseconds.
        confidence : float
            Wanted probability that the true value lies within the bounds. 0.95 by default.

        >>> total = sc.range(1000, numSlices=10).sumApprox(60000)
        >>> total, total.confidence
        (499500.0, 1.0)
        """
        parts = self._run_until(timeout, _sum_floats)
        return bounded_sum(parts, self.getNumPartitions(), confidence)

    def meanApprox(self, timeout: int, confidence: float = 0.95) -> BoundedFloat:
        """Mean of the records, estimated when the job takes longer than ``timeout`` milliseconds.

        Parameters
        ----------
        timeout, confidence
            As in :meth:`sumApprox`.

        >>> sc.range(1000, numSlices=10).meanApprox(60000)
        499.5
        """
        parts = self._run_until(timeout, _count_floats)
        return bounded_mean(parts, self.getNumPartitions(), confidence)

    def countApproxDistinct(self, relativeSD: float = 0.05) -> int:
        """How many different records there are, approximately, in little memory.

        Parameters
        ----------
        relativeSD : float
            Wanted relative standard deviation of the result; smaller takes more memory. 0.05 by
            default.

        Raises
        ------
        ValueError
            If it is below 0.000017.

        Examples
        --------
        >>> 900 < sc.range(1000).map(str).countApproxDistinct() < 1100
        True
        """
        if relativeSD < 0.000017:
            raise ValueError("relativeSD should be greater than 0.000017")
        precision = hyperloglog.precision_for(relativeSD)
        registers = hyperloglog.empty(precision)
        for part in self._run(_Sketch(precision)):
            registers = hyperloglog.merged(registers, part)
        return hyperloglog.cardinality(registers, precision)

    def _run_until(self, timeout: int, func: Callable[[int, Any], Any]) -> list[Any]:
        """Results of the partitions that were done, in order, when the time was over."""
        job = self._submit(func)
        collected: list[Any] = []
        errors: list[BaseException] = []

        def collect() -> None:
            try:
                collected.extend(job.stream())
            except BaseException as error:  # noqa: BLE001  raised again in the caller's thread
                errors.append(error)

        reader = threading.Thread(target=collect, name="rayspark-approximate", daemon=True)
        reader.start()
        reader.join(timeout / 1000)
        if reader.is_alive():
            parts = list(collected)
            job.cancel("the time limit of an approximate action was reached")
            return parts
        if errors:
            raise errors[0]
        return collected


def _sum_floats(_: int, records: Iterator[Any]) -> float:
    return float(sum(records))


def _count_floats(_: int, records: Iterator[Any]) -> StatCounter:
    return StatCounter(map(float, records))


@dataclass(frozen=True, slots=True)
class _Sketch:
    precision: int

    def __call__(self, split: int, records: Iterator[Any]) -> hyperloglog.Registers:
        registers = hyperloglog.empty(self.precision)
        for batch in batched(records, CHUNK):
            hashes = [portable_hash(record) & 0xFFFFFFFF for record in batch]
            hyperloglog.add(registers, self.precision, hashes)
        return registers
