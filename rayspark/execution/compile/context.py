"""What compiled text depends on, and what it turns out to use."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any

from rayspark.records import dataclass

if TYPE_CHECKING:
    from rayspark.execution.kernels.kernel import ArrowFunction


@dataclass
class CompileContext:
    """One per compiled query. Not shared between threads."""

    ansi: bool = True
    zone: str = "UTC"
    """Session time zone; DuckDB's ``TimeZone`` setting is always UTC: kernels that need the
    session's zone name it in their text."""
    now: datetime.datetime | None = None
    """When the query began: aware, UTC."""
    conf: dict[str, str] = field(default_factory=dict)
    """Session settings that kernels honour."""
    subquery: Callable[[Any], str] | None = None
    """Compiles the (physical) plan of a query inside an expression; set by ``operators``."""
    arrow_functions: dict[str, ArrowFunction] = field(default_factory=dict)
    """Those that the text calls: registered before it runs."""
    narrow: dict[str, str] = field(default_factory=dict)
    """Texts of decimals that have another form of 64 bits, which is an error where these are too
    short: see ``kernels.decimals.narrow``."""
    temporaries: int = 0
    """Names given so far by ``kernels.kernel.let``."""
