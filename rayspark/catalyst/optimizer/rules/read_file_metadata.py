"""``Project(input_file_name()) over t -> Project(_metadata.file_path) over t with _metadata``."""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.analysis.extract import field
from rayspark.catalyst.analysis.file_metadata import FileMetadata, carry, metadata_type
from rayspark.catalyst.expressions import Call, CaseWhen, Expression, call, lit
from rayspark.catalyst.logical import LogicalPlan, Project
from rayspark.catalyst.rule import Rule

FIELDS = {
    "input_file_name": ("file_path", ""),
    "input_file_block_start": ("file_block_start", -1),
    "input_file_block_length": ("file_block_length", -1),
}
"""The field that a function reads, and its value where there is no file."""


def read_file_metadata(plan: LogicalPlan) -> LogicalPlan:
    """Make sources give what queries ask of files."""

    def apply(node: Any) -> Any:
        if len(node.children) != 1 or not any(map(_asks, node.expressions)):
            return node
        child = node.children[0]
        if metadata_type(child) is None:
            return node
        below, mine = carry(child)

        def replaced(e: Any) -> Any:
            match e:
                case FileMetadata():
                    return mine
                case Call(name=name) if name in FIELDS:
                    path, otherwise = FIELDS[name]
                    found = field(mine, path, False)
                    found = _address(found) if name == "input_file_name" else found
                    return call("coalesce", found, lit(otherwise)) if mine.nullable else found
            return e

        made = node.with_children([below]).map_expressions(lambda e: e.transform_up(replaced))
        if len(made.output) > len(node.output):
            return Project(tuple(made.output[: len(node.output)]), made)
        return made

    return plan.transform_up(apply)  # type: ignore[no-any-return]


def _address(path: Expression) -> Expression:
    """``file:///x``, where ``_metadata.file_path`` is ``file:/x``."""
    local = call("startswith", path, lit("file:/"))
    rest = call("substring", path, lit(len("file:/")), lit((1 << 31) - 1))
    return CaseWhen(((local, call("concat", lit("file://"), rest)),), path)


def _asks(e: Expression) -> bool:
    return any(
        isinstance(n, FileMetadata) or (isinstance(n, Call) and n.name in FIELDS)
        for n in e.walk_up()
    )


READ_FILE_METADATA = Rule("ReadFileMetadata", read_file_metadata)
