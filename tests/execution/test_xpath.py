"""XPath: what cannot be a path says why. Answers are in ``test_function_goldens.py``."""

from __future__ import annotations

import pytest

from rayspark.execution.xml.tree import Node, read_tree
from rayspark.execution.xml.xpath import evaluate, number_text
from rayspark.execution.xml.xpath_parser import XPathError, parse_path

ROOT = read_tree("<a><b>1</b><b>2</b><or/><div k='v'/></a>")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("a[", "location step"), ("a b", "illegal tokens"), ("foo(a)", "function: foo"),
     ("$x", "Variables"), ("nowhere::a", "Illegal axis"), ("count()", "arguments"), ("#", "token"),
     ("count(1)", "list of nodes"), ("(a", "Expected")],
)  # fmt: skip
def test_mistakes_say_what_is_wrong(path: str, reason: str) -> None:
    with pytest.raises(XPathError, match=reason):
        evaluate(path, ROOT)


def test_names_that_are_also_operators() -> None:
    found = evaluate("a/or | a/div", ROOT)
    assert isinstance(found, list)
    assert [node.name for node in found if isinstance(node, Node)] == ["or", "div"]
    assert evaluate("a/b * a/b div 2", ROOT) == 0.5
    assert evaluate("*/*[2]/text() mod 2", ROOT) == 0.0


def test_a_path_is_read_once() -> None:
    assert parse_path("a//b[1]/@id")[0] == "path"
    assert number_text(-0.0) == "0"
