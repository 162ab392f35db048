"""Functions made for one query are forgotten; those in use are not."""

from __future__ import annotations

from itertools import islice

import pyarrow as pa
import pytest

from rayspark.execution import duck_functions
from rayspark.execution.duck import Duck
from rayspark.execution.kernels.kernel import ArrowFunction


def identity(name: str) -> ArrowFunction:
    return ArrowFunction(name, lambda column: column, ("BIGINT",), "BIGINT", volatile=True)


def ask(duck: Duck, name: str) -> list[int]:
    table = duck.table(f"SELECT {name}(7) AS x", functions={name: identity(name)})
    return table.column("x").to_pylist()


@pytest.fixture
def duck(monkeypatch: pytest.MonkeyPatch) -> Duck:
    monkeypatch.setattr(duck_functions, "MOST_KNOWN", 3)
    return Duck(1)


def test_many_queries_leave_few_functions(duck: Duck) -> None:
    for number in range(10):
        assert ask(duck, f"once_{number}") == [7]
    assert len(duck.known) == 3
    made = "SELECT count(*) AS n FROM duckdb_functions() WHERE function_name LIKE 'once_%'"
    assert duck.table(made).column("n").to_pylist() == [3]


def test_what_was_forgotten_is_learned_again(duck: Duck) -> None:
    for number in [*range(5), 0]:
        assert ask(duck, f"again_{number}") == [7]


def test_what_a_query_still_uses_stays(duck: Duck) -> None:
    text = "SELECT slow(range) AS x FROM range(300000)"
    batches = duck.batches(text, functions={"slow": identity("slow")})
    rows = sum(batch.num_rows for batch in islice(batches, 1))
    for number in range(10):
        ask(duck, f"other_{number}")
    rows += sum(batch.num_rows for batch in batches)
    assert rows == 300_000
    assert len(duck.known) == 3


def test_queries_that_fail_leave_nothing_either(duck: Duck) -> None:
    for number in range(10):
        name = f"bad_{number}"
        with pytest.raises(Exception, match="nowhere"):
            duck.table(f"SELECT {name}(x) FROM nowhere", functions={name: identity(name)})
    assert len(duck.known) == 3


def test_one_that_cannot_be_made_takes_no_others_with_it(duck: Duck) -> None:
    wrong = ArrowFunction("wrong", lambda column: pa.nulls(1), ("NO SUCH TYPE",), "BIGINT")
    good = identity("good")
    with pytest.raises(Exception, match=r"."):
        duck.table("SELECT good(1)", functions={"good": good, "wrong": wrong})
    assert ask(duck, "good") == [7]
