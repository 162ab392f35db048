"""The examples of the function table's own rows: scalar functions over constants."""

from __future__ import annotations

import sys
from pathlib import Path

from function_cases import Cases

sys.path.insert(0, str(Path(__file__).parents[2]))

from rayspark.catalyst.functions import functions

TABLES: dict[str, str] = {}
CASES = [
    Cases(
        "",
        sorted(
            {
                example
                for row in functions().values()
                if row.kind == "scalar" and row.refused is None and not row.contextual
                for example in row.examples
            }
        ),
    )
]
