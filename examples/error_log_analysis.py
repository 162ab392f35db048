"""Find out what goes wrong most often in an application's log.

    python examples/error_log_analysis.py [PATH] [--master ray]

Filter the error lines, count them per type, sort by count. Lines that do not parse are counted
with an accumulator on the way.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from operator import add
from pathlib import Path

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"
LINE = re.compile(
    r"(?P<day>\S+) (?P<hour>\d\d):\d\d:\d\d (?P<level>[A-Z]+) (?P<type>\w+): (?P<text>.*)"
)


def main(argv: list[str] | None = None) -> None:
    """Print the errors of a log per type, then per hour."""
    parser = argparse.ArgumentParser(description="Error-log analysis.")
    parser.add_argument("path", nargs="?", default=str(DATA / "app.log"))
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "error log analysis") as sc:
        unreadable = sc.accumulator(0)

        def parse(line: str) -> Iterator[dict[str, str]]:
            match = LINE.match(line)
            if match is None:
                unreadable.add(1)
            else:
                yield match.groupdict()

        records = sc.textFile(args.path).flatMap(parse)
        errors = records.filter(lambda record: record["level"] == "ERROR").cache()
        per_type = (
            errors.map(lambda record: (record["type"], 1))
            .reduceByKey(add)
            .sortBy(lambda pair: (-pair[1], pair[0]))
            .collect()
        )
        per_hour = errors.map(lambda record: record["hour"]).countByValue()

        print(f"{sum(count for _, count in per_type)} errors")
        for kind, count in per_type:
            print(f"{count:6d}  {kind}")
        print("by hour: " + ", ".join(f"{hour}h {per_hour[hour]}" for hour in sorted(per_hour)))
        print(f"{unreadable.value} lines could not be read")


if __name__ == "__main__":
    main()
