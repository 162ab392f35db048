from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from rayspark.localproperties import (
    all_properties,
    get_property,
    replace_properties,
    set_property,
)
from rayspark.util import InheritableThread, inheritable_thread_target


@pytest.fixture(autouse=True)
def properties() -> Iterator[None]:
    replace_properties({})
    yield
    replace_properties({})


def seen_by(thread_class: type[threading.Thread]) -> dict[str, str]:
    seen: dict[str, str] = {}
    thread = thread_class(target=lambda: seen.update(all_properties()))
    set_property("pool", "before start")
    thread.start()
    set_property("pool", "after start")
    thread.join()
    return seen


def test_a_plain_thread_starts_without_properties() -> None:
    assert seen_by(threading.Thread) == {}


def test_an_inheritable_thread_has_those_of_its_parent_at_start() -> None:
    assert seen_by(InheritableThread) == {"pool": "before start"}


def test_children_do_not_change_their_parents_properties() -> None:
    set_property("pool", "mine")
    thread = InheritableThread(target=set_property, args=("pool", "theirs"))
    thread.start()
    thread.join()
    assert get_property("pool") == "mine"


def test_an_inheritable_thread_takes_what_a_thread_takes() -> None:
    results: list[int] = []
    thread = InheritableThread(results.append, name="child", args=(3,), daemon=True, session=None)
    assert (thread.name, thread.daemon) == ("child", True)
    thread.start()
    thread.join()
    assert results == [3]


def test_a_wrapped_target_has_the_properties_of_the_moment_it_was_wrapped() -> None:
    set_property("pool", "when wrapped")

    @inheritable_thread_target
    def target() -> str | None:
        """Docs."""
        return get_property("pool")

    set_property("pool", "later")
    assert target() == "when wrapped"
    assert get_property("pool") == "later"
    assert target.__doc__ == "Docs."


def test_a_session_makes_a_decorator() -> None:
    set_property("pool", "p")
    assert inheritable_thread_target(object())(lambda: get_property("pool"))() == "p"


def test_properties_are_removed_with_none_and_copied_on_reading() -> None:
    set_property("a", "1")
    all_properties()["a"] = "2"
    assert get_property("a") == "1"
    set_property("a", None)
    set_property("never set", None)
    assert all_properties() == {}
