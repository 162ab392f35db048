"""The program whose life ``docs/architecture.md`` prints: words, counted, with what they name."""

from __future__ import annotations

from operator import add
from typing import Any

from rayspark import RDD, SparkContext


def words_that_name(sc: SparkContext) -> tuple[RDD[Any], RDD[Any]]:
    lines = sc.parallelize(["the cat sat on the mat", "a dog and a cat", "the dog sat"], 2)
    words = lines.flatMap(str.split).map(lambda word: (word, 1))
    counts = words.reduceByKey(add).setName("counts").cache()
    kinds = sc.parallelize([("cat", "animal"), ("dog", "animal"), ("mat", "thing")], 2)
    return counts, counts.join(kinds, 2)
