"""How alike things are: texts by Jaro and Winkler, vectors of floats by angle and distance."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from rayspark.execution.kernels.kernel import Failure, Kernel, Site
from rayspark.execution.kernels.texts import each

PREFIX, WEIGHT = 4, 0.1


def jaro_winkler(a: str, b: str) -> float:
    """From 0 to 1.

    >>> round(jaro_winkler("MARTHA", "MARHTA"), 4)
    0.9611
    """
    if a == b:
        return 1.0
    if not a or not b:
        return 0.0
    reach = max(max(len(a), len(b)) // 2 - 1, 0)
    taken = [False] * len(b)
    matched = []
    for at, c in enumerate(a):
        for other in range(max(at - reach, 0), min(at + reach + 1, len(b))):
            if not taken[other] and b[other] == c:
                taken[other] = True
                matched.append(c)
                break
    count = len(matched)
    if not count:
        return 0.0
    opposite = [c for c, used in zip(b, taken, strict=True) if used]
    swaps = sum(x != y for x, y in zip(matched, opposite, strict=True)) / 2
    jaro = (count / len(a) + count / len(b) + (count - swaps) / count) / 3
    common = 0
    while common < min(PREFIX, len(a), len(b)) and a[common] == b[common]:
        common += 1
    return jaro + common * WEIGHT * (1 - jaro)


# -- vectors -------------------------------------------------------------------------------------


def _inner(a: list[float], b: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def _cosine(a: list[float], b: list[float]) -> float | None:
    lengths = math.sqrt(_inner(a, a)) * math.sqrt(_inner(b, b))
    return _inner(a, b) / lengths if lengths else None


def _distance(a: list[float], b: list[float]) -> float:
    return math.sqrt(math.fsum((x - y) ** 2 for x, y in zip(a, b, strict=True)))


def norm(vector: list[float], degree: float) -> float:
    """The length of a vector, of degree 1, 2 or infinity."""
    if degree == 1:
        return math.fsum(map(abs, vector))
    if degree == 2:
        return math.sqrt(_inner(vector, vector))
    if degree == math.inf:
        return max(map(abs, vector), default=0.0)
    raise Failure("INVALID_VECTOR_NORM_DEGREE", functionName="`vector_norm`", degree=degree)


def _pair(name: str, one: Callable[[Any, Any], float | None]) -> Kernel:
    def checked(a: list[float | None], b: list[float | None]) -> float | None:
        if len(a) != len(b):
            raise Failure(
                "VECTOR_DIMENSION_MISMATCH", functionName=f"`{name}`", leftDim=len(a),
                rightDim=len(b),
            )  # fmt: skip
        return None if None in a or None in b else one(a, b)

    function = each(f"spark_{name}", checked, ("FLOAT[]", "FLOAT[]"), "FLOAT", pa.float32())
    return lambda site: site.use(function, *site.args)


def _length(vector: list[Any], degree: float) -> float | None:
    return None if None in vector else norm(vector, degree)


def _normal(vector: list[Any], degree: float) -> list[float] | None:
    size = _length(vector, degree)
    return [x / size for x in vector] if size else None


NORM = each("spark_vector_norm", _length, ("FLOAT[]", "FLOAT"), "FLOAT", pa.float32())
NORMALIZE = each(
    "spark_vector_normalize", _normal, ("FLOAT[]", "FLOAT"), "FLOAT[]", pa.list_(pa.float32())
)
SIMILARITY = each(
    "spark_jaro_winkler", jaro_winkler, ("VARCHAR", "VARCHAR"), "DOUBLE", pa.float64()
)


def _through(function: Any) -> Callable[[Site], str]:
    return lambda site: site.use(function, *site.args)


KERNELS: dict[str, Kernel] = {
    "jaro_winkler_similarity": _through(SIMILARITY),
    "vector_cosine_similarity": _pair("vector_cosine_similarity", _cosine),
    "vector_inner_product": _pair("vector_inner_product", _inner),
    "vector_l2_distance": _pair("vector_l2_distance", _distance),
    "vector_norm": _through(NORM),
    "vector_normalize": _through(NORMALIZE),
}
