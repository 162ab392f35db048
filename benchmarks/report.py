"""Turning measurements into Markdown, and keeping the table in the README."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- table:begin -->", "<!-- table:end -->"
LABELS = {
    "ray": "`ray`",
    "local": "`local[2]`",
    "live": "`ray`, live cluster",
    "peer": "PySpark `local[2]`",
    "sail": "Sail",
}


@dataclass(frozen=True)
class Row:
    """One workload's results by engine, and whether the engines gave the same answer."""

    name: str
    title: str
    command: str
    results: dict[str, dict[str, Any]]
    agree: bool


def warm(result: dict[str, Any]) -> float:
    """Median of the warm runs; the cold run when there was none."""
    return float(statistics.median(result["warm"] or [result["cold"]]))


def ratio(peer: float, ours: float) -> str:
    """How many times faster we are: ``2.1x``."""
    return f"{peer / ours:.1f}x"


def times(rows: Iterable[Row]) -> list[str]:
    """One table line per workload and engine of ours, with the ratio to the peer."""
    lines = []
    for row in rows:
        peer = row.results.get("peer", {"error": "not run"})
        for engine, ours in row.results.items():
            if ours.get("figures") or (engine == "peer" and len(row.results) > 1):
                continue
            cells = [row.title, LABELS[engine]]
            if "error" in ours:
                lines.append("| " + " | ".join([*cells, ours["error"], "", "", "", "", ""]) + " |")
                continue
            cells += [f"{ours['cold']:.2f}", f"{warm(ours):.2f}"]
            if engine == "peer":
                cells += ["", "", "", ""]
            elif "error" in peer:
                cells += [peer["error"], "", "", ""]
            else:
                cells += [f"{peer['cold']:.2f}", f"{warm(peer):.2f}"]
                cells += [
                    ratio(peer["cold"], ours["cold"]),
                    f"**{ratio(warm(peer), warm(ours))}**" if row.agree else "answers differ",
                ]
            lines.append("| " + " | ".join(cells) + " |")
    return lines


def figures(rows: Iterable[Row]) -> list[str]:
    """One table line per named measurement, engines side by side."""
    lines = []
    for row in rows:
        names = dict.fromkeys(
            name for result in row.results.values() for name in result.get("figures", {})
        )
        for name in names:
            cells = [
                f"{result['figures'][name]:,.4g}" if name in result.get("figures", {}) else ""
                for result in (row.results.get(engine, {}) for engine in LABELS)
            ]
            lines.append(f"| {row.title} | {name} | {' | '.join(cells)} |")
        for engine, result in row.results.items():
            if names and "error" in result:
                lines.append(f"| {row.title} | {LABELS[engine]}: {result['error']} | | | | |")
    return lines


def render(rows: Sequence[Row]) -> str:
    """Both tables as Markdown."""
    parts = []
    if lines := times(rows):
        parts += [
            "Seconds; warm: median of repeated runs in one application; cold: from before "
            "`import` to the first answer.",
            "",
            "| workload | engine | cold | warm | PySpark cold | PySpark warm | cold ratio "
            "| warm ratio |",
            "|---|---|---:|---:|---:|---:|---:|---:|",
            *lines,
            "",
        ]
    if lines := figures(rows):
        parts += [
            f"| measurement | figure | {' | '.join(LABELS.values())} |",
            f"|---|---{'|---:' * len(LABELS)}|",
            *lines,
            "",
        ]
    return "\n".join(parts)


def update_readme(readme: Path, store: Path, rows: Sequence[Row]) -> None:
    """Merge the new rows into the stored results and rewrite the table between the markers."""
    kept = (
        {row["name"]: Row(**row) for row in json.loads(store.read_text())} if store.exists() else {}
    )
    kept.update({row.name: row for row in rows})
    merged = [kept[name] for name in sorted(kept)]
    store.write_text(json.dumps([asdict(row) for row in merged], indent=1) + "\n")

    before, _, rest = readme.read_text().partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"{readme} must contain {BEGIN} and {END}, in this order")
    commands = "\n".join(f"    {row.command}" for row in merged)
    text = f"{BEGIN}\n{render(merged)}\nMade by\n\n{commands}\n{END}"
    readme.write_text(before + text + after)
