"""How far RaySpark's public face is PySpark's: the committed status of every name.

``status_ROOM.json`` says for each name of ``api_ROOM.json`` one of

- ``works``: it is there, of the same kind, with the same parameters, kinds and defaults;
- ``refused: why``: it has no meaning without a JVM, or is machinery of PySpark;
- ``missing: why``: it should be there and is not yet, or differs.

    python tests/parity/status.py core      # after adding names: turns missing into works

The command never turns ``works`` into anything else: that is what the tests are for.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent))

from tests.parity.describe import describe_member, describe_value  # noqa: E402  (found through the line above)

JVM_HANDLES = {"_jvm", "_jconf", "_jsc", "jsc", "gateway", "_java_resource_profile"} | {
    "_java_executor_resource_requests",
    "_java_task_resource_requests",
}
"""Parameters that carry an object of the JVM: left out of the comparison on both sides."""


def load(kind: str, room: str) -> dict[str, Any]:
    """``api`` or ``status`` of ``core``, ``sql``, ``ml`` or ``streaming``."""
    table: dict[str, Any] = json.loads((HERE / f"{kind}_{room}.json").read_text())
    return table


def problem(key: str, wanted: dict[str, Any]) -> str | None:
    """Why RaySpark does not show this name as PySpark does, or None."""
    try:
        owner, name, value = _resolve(key)
        if "same_as" in wanted:
            same = value is _resolve(wanted["same_as"])[2]
            return None if same else f"is not the same object as {wanted['same_as']}"
    except (ImportError, AttributeError) as error:
        return f"{type(error).__name__}: {error}"
    if inspect.isclass(owner):
        found = describe_member(owner, name, "rayspark")
    else:
        found = describe_value(value, "rayspark")
    return _difference(_without_jvm(wanted), _without_jvm(found))


def _resolve(key: str) -> tuple[Any, str, Any]:
    module, _, path = key.partition(":")
    owner: Any = importlib.import_module("rayspark" + module.removeprefix("pyspark"))
    *parents, name = path.split(".")
    for parent in parents:
        owner = getattr(owner, parent)
    if inspect.isclass(owner):
        return owner, name, inspect.getattr_static(owner, name)
    return owner, name, getattr(owner, name)


def _without_jvm(entry: dict[str, Any]) -> dict[str, Any]:
    if not entry.get("parameters"):
        return entry
    kept = [p for p in entry["parameters"] if p[0] not in JVM_HANDLES]
    return {**entry, "parameters": kept}


def _difference(wanted: dict[str, Any], found: dict[str, Any]) -> str | None:
    if wanted["kind"] != found["kind"]:
        return f"is a {found['kind']}, PySpark has a {wanted['kind']}"
    if wanted.get("parameters") != _without_additions(wanted, found):
        return f"takes {found.get('parameters')}, PySpark takes {wanted.get('parameters')}"
    return None


def _without_additions(wanted: dict[str, Any], found: dict[str, Any]) -> Any:
    """Parameters; without those that PySpark does not have and no call of PySpark's can notice."""
    parameters = found.get("parameters")
    names = {p[0] for p in wanted.get("parameters") or ()}
    return parameters and [
        p for p in parameters if p[0] in names or not (p[1] == "KEYWORD_ONLY" and len(p) > 2)
    ]


def main(room: str) -> None:
    """Turn what is missing and now there into ``works``, and print the counts."""
    api, status = load("api", room), load("status", room)
    for key, text in status.items():
        if text.startswith("missing") and problem(key, api[key]) is None:
            status[key] = "works"
    (HERE / f"status_{room}.json").write_text(json.dumps(status, indent=0) + "\n")
    print(counts(status))


def counts(status: dict[str, str]) -> dict[str, int]:
    """How many names work, are refused, are missing."""
    words = [text.partition(":")[0] for text in status.values()]
    return {word: words.count(word) for word in ("works", "refused", "missing")}


if __name__ == "__main__":
    main(sys.argv[1])
