"""``noop``: every row is made and none is kept, to time a query without its output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rayspark.errors import AnalysisException
from rayspark.execution.sources.commit import SaveMode
from rayspark.records import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

_SPARKS_NAMES = {SaveMode.ERROR: "ErrorIfExists", SaveMode.IGNORE: "Ignore"}


@dataclass(frozen=True)
class Dropped:
    """What a task made and let go."""

    rows: int
    bytes: int


@dataclass(frozen=True)
class NoopSink:
    """See ``api.Sink``."""

    name: str = "noop"

    def begin(self) -> None:
        """There is nothing to make room in."""

    def write(self, partition: int, attempt: int, batches: Iterator[pa.Table]) -> Dropped:
        rows = size = 0
        for table in batches:
            rows, size = rows + table.num_rows, size + table.nbytes
        return Dropped(rows, size)

    def commit(self, outputs: Sequence[Dropped]) -> None:
        """There is nothing to show."""

    def abort(self) -> None:
        """There is nothing to take back."""


def open_noop_sink(mode: SaveMode) -> NoopSink:
    """The sink, which takes what `append` and `overwrite` give it.

    Raises
    ------
    AnalysisException
        ``UNSUPPORTED_DATA_SOURCE_SAVE_MODE`` for the other modes: nothing can exist already.
    """
    if mode in _SPARKS_NAMES:
        raise AnalysisException(
            errorClass="UNSUPPORTED_DATA_SOURCE_SAVE_MODE",
            messageParameters={"source": "noop", "createMode": f'"{_SPARKS_NAMES[mode]}"'},
        )
    return NoopSink()
