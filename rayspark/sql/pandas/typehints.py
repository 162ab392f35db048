"""How a function of pandas or Arrow batches is to be called, told from its type hints.

    Series, ... -> Series                       a batch at a time
    Iterator[Series] -> Iterator[Series]        all batches of a partition; also of tuples of Series
    Series, ... -> float                        a group at a time
    Iterator[Series] -> float                   a group, in batches

``pandas.DataFrame`` may stand for ``Series`` (it is a struct); ``pyarrow.Array`` is the same for
Arrow. Nothing of pandas is imported: a hint is known by its class's name.
"""

from __future__ import annotations

import collections.abc
import inspect
import types
from collections.abc import Callable
from typing import Any, Union, get_args, get_origin, get_type_hints

from rayspark.errors import PySparkNotImplementedError, PySparkValueError

Check = Callable[[Any], bool]


def check_iterator_annotation(annotation: Any, parameter_check_func: Check | None = None) -> bool:
    """Whether it is ``Iterator[X]``, and X passes the check."""
    return _is_generic(annotation, collections.abc.Iterator, parameter_check_func)


def check_tuple_annotation(annotation: Any, parameter_check_func: Check | None = None) -> bool:
    """Whether it is ``tuple[X, ...]``, and each X passes the check."""
    return _is_generic(annotation, tuple, parameter_check_func)


def check_union_annotation(annotation: Any, parameter_check_func: Check | None = None) -> bool:
    """Whether it is ``X | Y``, and each of them passes the check."""
    return any(
        _is_generic(annotation, kind, parameter_check_func) for kind in (Union, types.UnionType)
    )


def _is_generic(annotation: Any, origin: Any, check: Check | None) -> bool:
    if get_origin(annotation) is not origin:
        return False
    return check is None or all(map(check, get_args(annotation)))


def _named(annotation: Any, library: str, *names: str) -> bool:
    module = getattr(annotation, "__module__", "") or ""
    return module.partition(".")[0] == library and getattr(annotation, "__name__", "") in names


def _is_series(annotation: Any) -> bool:
    return _named(annotation, "pandas", "Series", "DataFrame")


def _is_pandas(annotation: Any) -> bool:
    return _is_series(annotation) or check_union_annotation(annotation, _is_series)


def _is_frame(annotation: Any) -> bool:
    return _named(annotation, "pandas", "DataFrame")


def _is_array(annotation: Any) -> bool:
    return _named(annotation, "pyarrow", "Array")


def _is_table(annotation: Any) -> bool:
    return _named(annotation, "pyarrow", "Table")


def _is_batch(annotation: Any) -> bool:
    return _named(annotation, "pyarrow", "RecordBatch")


def _hints(sig: inspect.Signature, type_hints: dict[str, Any]) -> tuple[list[Any], Any]:
    """Types of the parameters and of the result: all must be there."""
    found = [type_hints.get(p.name, p.annotation) for p in sig.parameters.values()]
    returned = type_hints.get("return", sig.return_annotation)
    missing = "all parameters" if inspect.Parameter.empty in found else "the return type"
    if inspect.Parameter.empty in (*found, returned):
        raise PySparkValueError(
            errorClass="TYPE_HINT_SHOULD_BE_SPECIFIED",
            messageParameters={"target": missing, "sig": str(sig)},
        )
    return found, returned


def _infer(
    found: list[Any], returned: Any, unit: Check, result: Check, kinds: tuple[int, int, int, int]
) -> int | None:
    """The kind: of batches, of iterators of them, of groups, of groups in batches."""

    def batches(annotation: Any) -> bool:
        return unit(annotation) or check_tuple_annotation(
            annotation, lambda a: a is Ellipsis or unit(a)
        )

    plain, over_batches, of_group, of_group_batches = kinds
    one_iterator = len(found) == 1 and check_iterator_annotation(found[0], batches)
    gives_value = not (
        result(returned) or check_iterator_annotation(returned) or check_tuple_annotation(returned)
    )
    if all(map(unit, found)):
        if result(returned):
            return plain
        return of_group if gives_value else None
    if one_iterator and check_iterator_annotation(returned, result):
        return over_batches
    return of_group_batches if one_iterator and gives_value else None


def infer_pandas_eval_type(sig: inspect.Signature, type_hints: dict[str, Any]) -> int | None:
    """The kind of a function of pandas batches, or ``None`` if it is none."""
    return _infer(*_hints(sig, type_hints), _is_pandas, _is_series, (200, 204, 202, 217))


def infer_arrow_eval_type(sig: inspect.Signature, type_hints: dict[str, Any]) -> int | None:
    """The kind of a function of Arrow batches, or ``None`` if it is none."""
    return _infer(*_hints(sig, type_hints), _is_array, _is_array, (250, 251, 252, 254))


def infer_eval_type(sig: inspect.Signature, type_hints: dict[str, Any], kind: str = "all") -> int:
    """The kind of a function of batches.

    Parameters
    ----------
    sig : inspect.Signature
        The function's signature.
    type_hints : dict
        Its type hints, by parameter and ``return``.
    kind : str
        ``pandas``, ``arrow`` or ``all``.

    Raises
    ------
    PySparkNotImplementedError
        If it is none of those (``UNSUPPORTED_SIGNATURE``).
    """
    assert kind in ("pandas", "arrow", "all"), "kind should be either 'pandas', 'arrow' or 'all'"
    found = None
    if kind in ("pandas", "all"):
        found = infer_pandas_eval_type(sig, type_hints)
    if found is None and kind in ("arrow", "all"):
        found = infer_arrow_eval_type(sig, type_hints)
    if found is None:
        raise PySparkNotImplementedError(
            errorClass="UNSUPPORTED_SIGNATURE", messageParameters={"signature": str(sig)}
        )
    return found


def hints_of(f: Callable[..., Any]) -> dict[str, Any]:
    """Type hints of a function; none where they cannot be read."""
    try:
        return get_type_hints(f)
    except (NameError, TypeError):
        return {}


def infer_eval_type_for_udf(f: Callable[..., Any]) -> int | None:
    """The kind that the hints of a function given to ``udf`` ask for, if they are of batches."""
    try:
        sig = inspect.signature(f)
    except ValueError:
        return None
    annotated = [p for p in sig.parameters.values() if p.annotation is not p.empty]
    if not annotated:
        return None
    hints = hints_of(f)
    used = [hints.get(p.name) for p in annotated]
    if not any(map(_mentions_batches, used)):
        return None
    return infer_eval_type(sig, hints)


def _mentions_batches(annotation: Any) -> bool:
    if _is_pandas(annotation) or _is_array(annotation):
        return True
    return any(map(_mentions_batches, get_args(annotation)))


def _infer_group(
    sig: inspect.Signature, type_hints: dict[str, Any], whole: Check, part: Check,
    kinds: tuple[int, int],
) -> int | None:  # fmt: skip
    found, returned = _hints(sig, type_hints)
    if not 1 <= len(found) <= 2:
        return None
    if whole(found[-1]) and whole(returned):
        return kinds[0]
    if check_iterator_annotation(found[-1], part) and check_iterator_annotation(returned, part):
        return kinds[1]
    return None


def infer_group_pandas_eval_type(sig: inspect.Signature, type_hints: dict[str, Any]) -> int | None:
    """The kind of a function for ``applyInPandas``."""
    return _infer_group(sig, type_hints, _is_frame, _is_frame, (201, 216))


def infer_group_arrow_eval_type(sig: inspect.Signature, type_hints: dict[str, Any]) -> int | None:
    """The kind of a function for ``applyInArrow``."""
    return _infer_group(sig, type_hints, _is_table, _is_batch, (209, 215))


def infer_group_pandas_eval_type_from_func(f: Callable[..., Any]) -> int | None:
    """The same from the function itself; ``None`` if it has no hints."""
    hints = hints_of(f)
    return infer_group_pandas_eval_type(inspect.signature(f), hints) if hints else None


def infer_group_arrow_eval_type_from_func(f: Callable[..., Any]) -> int | None:
    """The same from the function itself; ``None`` if it has no hints."""
    hints = hints_of(f)
    return infer_group_arrow_eval_type(inspect.signature(f), hints) if hints else None
