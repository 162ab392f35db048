"""Count the words of a text: the first program of every Spark user.

    python examples/word_count.py [PATH] [--top 10] [--master ray]

Two stages: the lines are cut into words and counted inside each input split, then the counts of
one word meet in one reduce task.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from rayspark import SparkContext

DATA = Path(__file__).resolve().parent / "data"
WORD = re.compile(r"[a-z']+")


def words(line: str) -> list[str]:
    """The lower-case words of one line."""
    return WORD.findall(line.lower())


def main(argv: list[str] | None = None) -> None:
    """Print the most frequent words of a text file."""
    parser = argparse.ArgumentParser(description="Count the words of a text.")
    parser.add_argument("path", nargs="?", default=str(DATA / "fable.txt"))
    parser.add_argument("--top", type=int, default=10, help="how many words to print")
    parser.add_argument("--master", default="ray")
    args = parser.parse_args(argv)

    with SparkContext(args.master, "word count") as sc:
        counts = (
            sc.textFile(args.path)
            .flatMap(words)
            .map(lambda word: (word, 1))
            .reduceByKey(lambda a, b: a + b)
            .cache()
        )
        for word, count in counts.takeOrdered(args.top, key=lambda pair: (-pair[1], pair[0])):
            print(f"{count:6d}  {word}")
        print(f"{counts.values().sum()} words, {counts.count()} different")


if __name__ == "__main__":
    main()
