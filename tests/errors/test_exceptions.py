from __future__ import annotations

import inspect
import pickle

import pytest

import rayspark.errors as errors
from rayspark.errors.conditions import condition, conditions
from rayspark.errors.exceptions.base import BuiltinError

PARAMETERS = {"arg_name": "key"}

# Class -> bases in PySpark 4.3.0, as `[b.__name__ for b in c.__bases__]` prints them there.
PYSPARK_BASES = {
    "AnalysisException": ["PySparkException"],
    "ArithmeticException": ["PySparkException"],
    "ArrayIndexOutOfBoundsException": ["PySparkException"],
    "DateTimeException": ["PySparkException"],
    "IllegalArgumentException": ["PySparkException"],
    "NumberFormatException": ["IllegalArgumentException"],
    "ParseException": ["AnalysisException"],
    "PickleException": ["PySparkException"],
    "PySparkAssertionError": ["PySparkException", "AssertionError"],
    "PySparkAttributeError": ["PySparkException", "AttributeError"],
    "PySparkException": ["Exception"],
    "PySparkImportError": ["PySparkException", "ImportError"],
    "PySparkIndexError": ["PySparkException", "IndexError"],
    "PySparkKeyError": ["PySparkException", "KeyError"],
    "PySparkNotImplementedError": ["PySparkException", "NotImplementedError"],
    "PySparkPicklingError": ["PySparkException", "PicklingError"],
    "PySparkRuntimeError": ["PySparkException", "RuntimeError"],
    "PySparkTypeError": ["PySparkException", "TypeError"],
    "PySparkValueError": ["PySparkException", "ValueError"],
    "PythonException": ["PySparkException"],
    "QueryContext": ["ABC"],
    "QueryContextType": ["Enum"],
    "QueryExecutionException": ["PySparkException"],
    "SessionNotSameException": ["PySparkException"],
    "SparkNoSuchElementException": ["PySparkException"],
    "SparkRuntimeException": ["PySparkException"],
    "SparkUpgradeException": ["PySparkException"],
    "StreamingPythonRunnerInitializationException": ["PySparkException"],
    "StreamingQueryException": ["PySparkException"],
    "TempTableAlreadyExistsException": ["AnalysisException"],
    "UnknownException": ["PySparkException"],
    "UnsupportedOperationException": ["PySparkException"],
}

EXCEPTIONS = [
    cls
    for name in errors.__all__
    if inspect.isclass(cls := getattr(errors, name))
    and issubclass(cls, errors.PySparkException)
    and cls is not errors.InternalError
]


@pytest.mark.parametrize("name", PYSPARK_BASES)
def test_every_class_of_pyspark_exists_and_is_caught_by_the_same_handlers(name: str) -> None:
    ancestors = {base.__name__ for base in getattr(errors, name).__mro__}
    assert set(PYSPARK_BASES[name]) <= ancestors


@pytest.mark.parametrize("cls", EXCEPTIONS)
def test_a_message_alone_is_printed_as_it_is(cls: type[errors.PySparkException]) -> None:
    error = cls("no such carrier")
    assert str(error) == "no such carrier"
    assert error.args == ("no such carrier",)
    assert error.getCondition() is None
    assert error.getSqlState() is None
    assert error.getMessageParameters() is None
    assert error.getQueryContext() == []


def test_a_condition_gives_message_parameters_and_state() -> None:
    error = errors.PySparkTypeError(
        errorClass="NOT_ITERABLE", messageParameters={"objectName": "Column"}
    )
    assert str(error) == error.getMessage() == "[NOT_ITERABLE] Column is not iterable."
    assert error.getCondition() == "NOT_ITERABLE"
    assert error.getMessageParameters() == {"objectName": "Column"}
    assert error.getSqlState() == "42K09"
    with pytest.warns(FutureWarning, match="getCondition"):
        assert error.getErrorClass() == "NOT_ITERABLE"


def test_errors_of_the_engine_print_their_sqlstate() -> None:
    error = errors.AnalysisException(
        errorClass="PATH_NOT_FOUND", messageParameters={"path": "file:/x"}
    )
    assert str(error) == "[PATH_NOT_FOUND] Path does not exist: file:/x. SQLSTATE: 42K03"


def test_a_sub_condition_continues_the_message_and_inherits_the_state() -> None:
    error = errors.IllegalArgumentException(
        errorClass="INVALID_CONF_VALUE.TYPE_MISMATCH",
        messageParameters={
            "confValue": "x",
            "confName": "spark.speculation",
            "confType": "boolean",
        },
    )
    assert str(error) == (
        "[INVALID_CONF_VALUE.TYPE_MISMATCH] The value 'x' in the config \"spark.speculation\" is "
        "invalid. It should be a/an 'boolean' value. SQLSTATE: 22022"
    )


@pytest.mark.parametrize("cls", EXCEPTIONS)
def test_exceptions_survive_pickling_with_every_field(cls: type[errors.PySparkException]) -> None:
    error = cls(errorClass="CANNOT_BE_NONE", messageParameters=PARAMETERS)
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is cls
    assert str(copy) == str(error)
    assert vars(copy) == vars(error)


def test_a_failed_job_names_its_task_also_after_pickling() -> None:
    error = errors.SparkException("Job aborted", jobId=1, stageId=2, partition=3, executorId="e4")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.jobId, copy.stageId, copy.partition, copy.executorId) == (1, 2, 3, "e4")
    assert copy.attempt is None


def test_missing_and_unknown_parameters_are_refused() -> None:
    with pytest.raises(ValueError, match=r"CANNOT_BE_NONE takes the parameters \['arg_name'\]"):
        errors.PySparkValueError(errorClass="CANNOT_BE_NONE", messageParameters={})
    with pytest.raises(ValueError, match="no error condition is called 'NONSENSE'"):
        errors.PySparkValueError(errorClass="NONSENSE")
    with pytest.raises(ValueError, match="needs a message or an error condition"):
        errors.PySparkValueError()


def test_values_that_look_like_parameters_are_left_alone() -> None:
    error = errors.PySparkValueError(
        errorClass="CANNOT_BE_NONE", messageParameters={"arg_name": "<arg_name> {0}"}
    )
    assert str(error) == "[CANNOT_BE_NONE] Argument `<arg_name> {0}` cannot be None."


@pytest.mark.parametrize("name", conditions())
def test_every_condition_renders(name: str) -> None:
    row = condition(name)
    text = row.render({parameter: f"@{parameter}@" for parameter in row.parameters})
    assert all(f"@{parameter}@" in text for parameter in row.parameters)
    assert "<" not in text
    assert text == text.strip()
    assert row.sql_state is None or (len(row.sql_state) == 5 and row.sql_state.isalnum())


def test_built_in_wrappers_are_exactly_the_pyspark_prefixed_classes() -> None:
    wrappers = {cls.__name__ for cls in EXCEPTIONS if issubclass(cls, BuiltinError)}
    assert wrappers == {n for n in PYSPARK_BASES if n.startswith("PySpark") and n.endswith("Error")}
