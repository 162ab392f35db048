"""Kernels of the operators."""

from __future__ import annotations

from rayspark.execution.kernels.kernel import Exact, Kernel, Site


def _in(site: Site) -> str:
    value, *options = site.args
    return f"({value} IN ({', '.join(options)}))"


KERNELS: dict[str, Kernel] = {
    "+": "({0} + {1})",
    "-": "({0} - {1})",
    "*": "({0} * {1})",
    "negative": "(-{0})",
    "positive": "{0}",
    "=": Exact("({0} = {1})"),
    "<=>": Exact("({0} IS NOT DISTINCT FROM {1})"),
    "<": Exact("({0} < {1})"),
    "<=": Exact("({0} <= {1})"),
    ">": Exact("({0} > {1})"),
    ">=": Exact("({0} >= {1})"),
    "and": Exact("({0} AND {1})"),
    "or": Exact("({0} OR {1})"),
    "not": Exact("(NOT {0})"),
    "isnull": Exact("({0} IS NULL)"),
    "isnotnull": Exact("({0} IS NOT NULL)"),
    "in": Exact(_in),
}
