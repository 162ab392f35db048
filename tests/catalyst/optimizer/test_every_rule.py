"""No rule of the optimizer is without a test that runs it alone."""

from __future__ import annotations

from pathlib import Path

import rayspark.catalyst.optimizer.rules

RULES = Path(rayspark.catalyst.optimizer.rules.__file__).parent
HERE = Path(__file__).parent
HELPERS = {"__init__", "expressions"}


def test_every_rule_is_imported_by_a_test_of_rules() -> None:
    tests = [file for file in HERE.glob("test_*.py") if file.name != "test_optimizer.py"]
    texts = "".join(file.read_text(encoding="utf-8") for file in tests)
    names = {file.stem for file in RULES.glob("*.py")} - HELPERS
    untested = {name for name in names if f"optimizer.rules.{name} import" not in texts}
    assert untested == set()
