"""Kernels of the window functions."""

from __future__ import annotations

from collections.abc import Callable

from rayspark.execution.kernels.kernel import Kernel, Site


def _place(name: str) -> Callable[[Site], str]:
    return lambda site: f"{name}({', '.join(site.args)}){site.over}"


def _value(name: str) -> Callable[[Site], str]:
    def kernel(site: Site) -> str:
        end = " IGNORE NULLS" if site.ignore_nulls else ""
        return f"{name}({', '.join(site.args)}{end}){site.over}"

    return kernel


def _counter_diff(site: Site) -> str:
    value = site.args[0]
    before = f"lag({value} IGNORE NULLS){site.over}"
    grown = f"CASE WHEN {value} >= {before} THEN {value} - {before} END"
    if len(site.args) == 1:
        return grown
    start = site.args[1]
    began = f"lag({start} IGNORE NULLS){site.over}"
    return f"CASE WHEN {start} IS DISTINCT FROM {began} THEN NULL ELSE {grown} END"


KERNELS: dict[str, Kernel] = {
    "row_number": _place("row_number"),
    "rank": _place("rank"),
    "dense_rank": _place("dense_rank"),
    "percent_rank": _place("percent_rank"),
    "cume_dist": _place("cume_dist"),
    "ntile": _place("ntile"),
    "lag": _value("lag"),
    "lead": _value("lead"),
    "nth_value": _value("nth_value"),
    "counter_diff": _counter_diff,
}
