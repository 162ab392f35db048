"""Records are dataclasses: the same methods, written later. And lazy modules are modules."""

from __future__ import annotations

import copy
import dataclasses
import gc
import inspect
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from rayspark import records
from rayspark.lazy import lazy_function, lazy_module, much_to_load
from rayspark.records import dataclass as record

OPTIONS: list[dict[str, Any]] = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"eq": False},
    {"frozen": True, "eq": False},
    {"eq": False, "repr": False},
    {"kw_only": True},
    {"slots": True, "weakref_slot": True},
]


def base_of(decorator: Callable[..., Any], options: dict[str, Any]) -> Any:
    class Base:
        many: ClassVar[int] = 3
        x: int
        y: list[int] = dataclasses.field(default_factory=list)
        z: str = dataclasses.field(default="z", repr=False, compare=False)

    return decorator(**options)(Base)


def child_of(decorator: Callable[..., Any], options: dict[str, Any]) -> Any:
    class Child(base_of(decorator, options)):  # type: ignore[misc]
        w: int = 5

        def __post_init__(self) -> None:
            object.__setattr__(self, "z", self.z * 2)

    return decorator(**options)(Child)


def outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except (TypeError, AttributeError) as error:
        return type(error), str(error)


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("make", [base_of, child_of])
def test_a_record_does_what_a_dataclass_does(make: Any, options: dict[str, Any]) -> None:
    def story(kind: Any) -> list[Any]:
        one, other = kind(x=1), kind(x=1, y=[])
        return [
            repr(one) if options.get("repr", True) else None,
            one == other,
            one == 1,
            outcome(lambda: hash(one) and None),
            outcome(lambda: setattr(one, "x", 7)),
            outcome(lambda: delattr(one, "x")),
            outcome(lambda: kind(1, 2, 3, 4, 5, 6)),
            outcome(lambda: kind()),
            [f.name for f in dataclasses.fields(kind)],
            outcome(lambda: dataclasses.asdict(other)),
            kind.__match_args__,
            str(inspect.signature(kind)),
            dataclasses.replace(other, x=4).x,
            copy.copy(other).y,
            kind.__dataclass_params__.frozen,
            kind.many,
            getattr(kind, "__slots__", None),
        ]

    assert story(make(record, options)) == story(make(dataclasses.dataclass, options))


@record(frozen=True, slots=True)
class Slotted:
    x: int
    y: int = 2


@record(frozen=True)
class Plain:
    x: int
    y: int = 2


@record(frozen=True)
class Untouched:
    x: int


@pytest.mark.parametrize("made", [Slotted(1), Plain(1)])
def test_records_are_pickled(made: Any) -> None:
    assert pickle.loads(pickle.dumps(made)) == made


@pytest.mark.parametrize("kind", ["Slotted", "Plain"])
def test_an_instance_that_was_never_made_here_has_its_methods(kind: str) -> None:
    code = (
        "import sys, pickle; one, other = pickle.load(sys.stdin.buffer);"
        "print(one == other, hash(one) == hash(other), one)"
    )
    sent = pickle.dumps((globals()[kind](1), globals()[kind](1)))
    answer = subprocess.run(
        [sys.executable, "-c", code], input=sent, capture_output=True, check=True
    )
    assert answer.stdout.decode().split(" ", 2)[:2] == ["True", "True"]


def test_nothing_is_written_before_the_first_use() -> None:
    assert Untouched.__init__.__name__ == "stub"
    assert dataclasses.is_dataclass(Untouched)
    assert Untouched(3).x == 3
    assert Untouched.__init__.__name__ == "__init__"


def test_methods_are_written_once_though_a_stub_was_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @record(frozen=True)
    class Base:
        x: int

    class Heir(Base):
        __hash__ = Base.__hash__

    written: list[Any] = []
    write = records._written

    def note(*given: Any) -> type:
        written.append(given)
        return write(*given)

    monkeypatch.setattr(records, "_written", note)
    assert len({hash(Heir(1)) for _ in range(3)}) == 1
    assert len(written) == 1


def test_threads_may_meet_at_a_stub() -> None:
    @record(frozen=True)
    class Met:
        x: int

    barrier = threading.Barrier(4)
    made: list[Any] = []

    def make() -> None:
        barrier.wait()
        made.append(Met(1))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [Met(1)] * 4


def test_garbage_is_collected_again_after_a_big_import() -> None:
    with pytest.raises(ValueError, match="within"), much_to_load():
        assert not gc.isenabled()
        raise ValueError("within")
    assert gc.isenabled()


def test_a_lazy_module_loads_at_its_first_use() -> None:
    sys.modules.pop("this_is_no_module", None)
    missing = lazy_module("this_is_no_module")
    assert "this_is_no_module" in repr(missing)
    with pytest.raises(ModuleNotFoundError):
        missing.anything  # noqa: B018  reading is what loads it
    assert lazy_function("math", "sqrt")(9) == 3
