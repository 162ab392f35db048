"""Between rows of Python and blocks of Arrow in tasks: ``df.rdd``, ``createDataFrame(rdd)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from rayspark.catalyst.expressions import Attribute
from rayspark.catalyst.logical import StoredRelation
from rayspark.columnar.ipc import ArrowBlock
from rayspark.datatypes import Row, StructType
from rayspark.datatypes.arrow import to_arrow_schema
from rayspark.datatypes.convert import batch_to_rows, rows_to_batch
from rayspark.execution.boundary import into_duck, out_of_duck
from rayspark.lineage.dependency import NarrowDependency
from rayspark.lineage.node import Node
from rayspark.lineage.ops import PartitionOp
from rayspark.records import dataclass

BATCH = 10_000
"""Rows converted at a time."""


@dataclass(frozen=True)
class RowsToBlocks:
    """Rows (tuples, Row, dicts) of a schema as blocks with the columns ``attributes``."""

    schema: StructType
    attributes: tuple[Attribute, ...]

    def __call__(self, split: int, rows: Iterable[Any]) -> Iterator[ArrowBlock]:
        iterator = iter(rows)
        while chunk := list(islice(iterator, BATCH)):
            table = pa.Table.from_batches([rows_to_batch(chunk, self.schema)])
            yield ArrowBlock.of(into_duck(table, self.attributes))


@dataclass(frozen=True)
class BlocksToRows:
    """The reverse."""

    schema: StructType
    attributes: tuple[Attribute, ...]

    def __call__(self, split: int, blocks: Iterable[ArrowBlock]) -> Iterator[Row]:
        arrow = to_arrow_schema(self.schema)
        for block in blocks:
            yield from batch_to_rows(
                out_of_duck(block.table(), self.attributes, arrow), self.schema
            )


def stored_rows(rows: Node, schema: StructType) -> StoredRelation:
    """A relation over a node whose records are Python rows of a schema."""
    attributes = tuple(
        Attribute(f.name, f.dataType, f.nullable, metadata=f.metadata or None)
        for f in schema.fields
    )
    node = Node(
        PartitionOp(RowsToBlocks(schema, attributes)),
        (NarrowDependency(rows),),
        rows.num_partitions,
        determinism=rows.determinism,
        label="ExistingRDD",
    )
    return StoredRelation(node, attributes)


def rows_node(blocks: Node, schema: StructType, attributes: tuple[Attribute, ...]) -> Node:
    """A node whose records are rows, over one whose records are blocks."""
    return Node(
        PartitionOp(BlocksToRows(schema, attributes)),
        (NarrowDependency(blocks),),
        blocks.num_partitions,
        determinism=blocks.determinism,
        label="MapPartitionsRDD",
    )
