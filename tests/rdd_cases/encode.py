"""Values and errors as JSON that keeps their types, and how two of them are compared.

Tuples, sets, dictionaries, bytes, numpy scalars and the small classes of PySpark become
``{"$kind": ...}``; plain JSON stays as it is. The case's folder is written ``<tmp>``.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np


def encode(value: Any, tmp: str) -> Any:
    """A JSON value that says everything the golden needs about this one."""

    def many(values: Any) -> list[Any]:
        return [encode(item, tmp) for item in values]

    kind = type(value).__name__
    match value:
        case str():
            return value.replace(tmp, "<tmp>")
        case np.generic():
            return {"$numpy": [kind, encode(value.item(), tmp)]}
        case np.ndarray():
            return {"$ndarray": [str(value.dtype), encode(value.tolist(), tmp)]}
        case float() if kind != "float":  # BoundedFloat
            return {f"${kind}": encode({"value": float(value), **vars(value)}, tmp)}
        case float():
            return value if math.isfinite(value) else {"$float": repr(value)}
        case None | bool() | int():
            return value
        case list():
            return many(value)
        case tuple() if hasattr(value, "_fields"):
            return {
                f"${kind}": [[f, encode(v, tmp)] for f, v in zip(value._fields, value, strict=True)]
            }
        case tuple():
            return {"$tuple": many(value)}
        case set() | frozenset():
            return {f"${kind}": sorted(many(value), key=json.dumps)}
        case dict():
            pairs = [[encode(k, tmp), encode(v, tmp)] for k, v in value.items()]
            return {f"${kind}": sorted(pairs, key=json.dumps)}
        case bytes():
            return {"$bytes": value.replace(tmp.encode(), b"<tmp>").decode("latin-1")}
        case complex():
            return {"$complex": [encode(value.real, tmp), encode(value.imag, tmp)]}
        case type():
            return {"$type": value.__name__}
    match kind:
        case "ResultIterable":
            return {"$ResultIterable": many(value)}
        case "StatCounter":
            fields = (value.n, value.mu, value.m2, value.maxValue, value.minValue)
            return {"$StatCounter": many(fields)}
        case "StorageLevel" | "Decimal":
            return {f"${kind}": str(value)}
    raise TypeError(f"no encoding for {type(value)}: {value!r}")


def encode_error(error: BaseException, tmp: str) -> dict[str, Any]:
    """What PySpark raised, without what is only true of the JVM."""
    text = str(getattr(error, "java_exception", None) or error)
    java = type(error).__name__ == "Py4JJavaError"
    if java and "Traceback (most recent call last)" in text:
        return {"job_failed": failed_with(text)}
    if java:
        name, _, message = text.splitlines()[0].partition(": ")
        message = message.rsplit("executor driver): ", 1)[-1]  # past the ids of stage and task
        return {"java": name.rsplit(".", 1)[-1], "message": message.replace(tmp, "<tmp>")}
    condition = error.getCondition() if hasattr(error, "getCondition") else None
    message = (str(error).splitlines() or [""])[0].replace(tmp, "<tmp>")
    found = {"raises": type(error).__name__, "message": re.sub(r"0x[0-9a-f]+", "0x", message)}
    return {**found, "condition": condition} if condition else found


def failed_with(text: str) -> str:
    """The class of the exception at the end of the last traceback in a text."""
    tail = text.rsplit("Traceback (most recent call last)", 1)[-1]
    for line in tail.splitlines()[1:]:
        if found := re.match(r"([A-Za-z_][\w.]*)(:|$)", line):
            return found[1].rsplit(".", 1)[-1]
    return "unknown"


JAVA_AS = {
    "IllegalArgumentException": {"IllegalArgumentException", "ValueError"},
    "InvalidInputException": {"FileNotFoundError"},
    "FileNotFoundException": {"FileNotFoundError"},
    "FileAlreadyExistsException": {"FileExistsError"},
    "ClassNotFoundException": {"IllegalArgumentException", "ValueError"},
}
"""The Python classes that may stand for a Java one; a ``SparkException`` may for any other."""

ACCIDENTS = {
    "ZeroDivisionError": {"ValueError"},
    "IndexError": {"ValueError"},
    "AttributeError": {"TypeError"},
    "error": {"TypeError", "ValueError"},  # struct.error
}
"""Where PySpark stumbles over a wrong argument, a check that says so is as good."""


def same_error(golden: dict[str, Any], error: BaseException) -> str | None:
    """Why an error of RaySpark is not the one in the golden, or None."""
    names = {base.__name__ for base in type(error).__mro__}
    if "job_failed" in golden:
        if "SparkException" not in names:
            return f"the job should have failed with SparkException, not {error!r}"
        user = {base.__name__ for base in type(error.__cause__).__mro__} | {failed_with(str(error))}
        allowed = {golden["job_failed"]} | ACCIDENTS.get(golden["job_failed"], set())
        return None if user & allowed else f"the cause is {sorted(user)}"
    if "java" in golden:
        allowed = JAVA_AS.get(golden["java"], {"SparkException", "OSError", "ValueError"})
        return None if names & (allowed | {"PySparkException"}) else f"raised {error!r}"
    if not names & ({golden["raises"]} | ACCIDENTS.get(golden["raises"], set())):
        return f"raised {error!r}"
    condition = error.getCondition() if hasattr(error, "getCondition") else None
    return None if golden.get("condition") in (None, condition) else f"condition is {condition}"


def same_value(golden: Any, found: Any) -> bool:
    """Equal, where two floats may differ by rounding."""
    match golden, found:
        case float(), float():
            return math.isclose(golden, found, rel_tol=1e-12, abs_tol=1e-300)
        case list(), list():
            return len(golden) == len(found) and all(map(same_value, golden, found))
        case dict(), dict():
            return golden.keys() == found.keys() and all(
                same_value(golden[k], found[k]) for k in golden
            )
    return type(golden) is type(found) and golden == found
