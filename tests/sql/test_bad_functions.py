"""Python functions that misbehave: what the user is told."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any

import pandas as pd
import pytest

from rayspark.errors import (
    PySparkException,
    PySparkPicklingError,
    PythonException,
    SparkException,
)
from rayspark.sql import SparkSession
from rayspark.sql import functions as F


def test_the_users_traceback_and_nothing_else(spark: SparkSession) -> None:
    def share(x: int) -> float:
        return 1 / (x - 3)

    with pytest.raises(PythonException) as caught:
        spark.range(5).select(F.udf(share, "double")("id")).collect()
    text = str(caught.value)
    assert "ZeroDivisionError: division by zero" in text
    assert "return 1 / (x - 3)" in text
    assert "rayspark/executor" not in text


def test_a_value_of_another_type_is_an_error(spark: SparkSession) -> None:
    made = F.udf(lambda x: "seven" if x else x, "int")
    with pytest.raises(PythonException, match="returned a value that cannot be int as declared"):
        spark.range(2).select(made("id")).collect()


def test_a_value_of_another_type_is_null_without_arrow(spark: SparkSession) -> None:
    made = F.udf(lambda x: "seven" if x else x, "int", useArrow=False)
    found = spark.range(2).select(made("id").alias("v")).collect()
    assert [row.v for row in found] == [0, None]


def test_an_error_tells_the_values_it_came_from(spark: SparkSession) -> None:
    made = F.udf(lambda a, b: b // a, "long")
    with pytest.raises(PythonException, match=r"raised by the call <lambda>\(0, 3\)"):
        spark.range(4).select(made("id", F.lit(3))).collect()


def test_a_pandas_function_of_another_length(spark: SparkSession) -> None:
    with pytest.raises(PySparkException, match=r"(?i)length|rows"):
        spark.range(5).select(F.pandas_udf(lambda s: s.head(1), "long")("id")).collect()


def test_a_pandas_function_of_another_type(spark: SparkSession) -> None:
    with pytest.raises(PySparkException):
        spark.range(5).select(F.pandas_udf(lambda s: s.astype(str) + "x", "long")("id")).collect()


def test_exit_is_an_error_and_not_an_exit(spark: SparkSession) -> None:
    def leave(x: int) -> int:
        sys.exit(3)

    with pytest.raises(PySparkException, match="SystemExit"):
        spark.range(2).select(F.udf(leave, "long")("id")).collect()
    assert spark.range(2).count() == 2


def test_what_functions_print_does_no_harm(spark: SparkSession) -> None:
    def say(x: int) -> int:
        print("row", x)
        return x

    assert [r[0] for r in spark.range(3).select(F.udf(say, "long")("id")).collect()] == [0, 1, 2]


def test_a_session_or_a_frame_in_a_function_is_named(spark: SparkSession) -> None:
    frame = spark.range(3)
    for used, name in ((spark, "'used', of type rayspark.sql.session.session.SparkSession"),
                       (frame, "'used', of type rayspark.sql.dataframe.DataFrame")):  # fmt: skip
        made = F.udf(lambda x, used=used: (used, x), "long")
        with pytest.raises(PySparkPicklingError, match="can only be used on the driver"):
            frame.select(made("id")).collect()
        closed = F.udf(_over(used), "long")
        with pytest.raises(PySparkPicklingError, match=name):
            frame.select(closed("id")).collect()


def _over(used: Any) -> Any:
    return lambda x: (used, x)


def test_a_function_that_hangs_is_cancelled(spark: SparkSession) -> None:
    over = threading.Event()

    def hang(x: int) -> int:
        while True:
            time.sleep(0.01)

    def stop() -> None:
        while not over.wait(0.02):
            spark.interruptTag("hangs")

    spark.addTag("hangs")
    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with pytest.raises(SparkException) as error:
            spark.range(4).select(F.udf(hang, "long")("id")).collect()
    finally:
        over.set()
        stopper.join()
        spark.clearTags()
    assert error.value.getCondition() == "SPARK_JOB_CANCELLED"
    assert spark.range(4).select(F.udf(lambda x: x, "long")("id")).count() == 4


def test_a_pandas_aggregate_of_another_type(spark: SparkSession) -> None:
    def text(s: pd.Series) -> str:
        assert isinstance(s, pd.Series)
        return "x"

    with pytest.raises(PythonException, match="cannot be bigint as declared"):
        spark.range(4).agg(F.pandas_udf(text, "long")("id")).collect()
