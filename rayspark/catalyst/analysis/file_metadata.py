"""``_metadata`` and ``input_file_name()``: which file a row was read from.

Sources of files can give a hidden column, a struct of path, name, size and so on. Analysis puts
:class:`FileMetadata` where a query names it, so that ``*`` does not find it; the optimizer's rule
``ReadFileMetadata`` makes the source give the column and carries it up to who asked. It passes the
operators that leave rows where they are, so nothing is known above a join or an aggregation.
"""

from __future__ import annotations

from typing import Any

from rayspark.catalyst.expressions import Alias, Attribute, Expression, Literal
from rayspark.catalyst.logical import (
    Filter,
    Generate,
    LogicalPlan,
    Project,
    Relation,
    Sample,
    SubqueryAlias,
    Union,
)
from rayspark.datatypes import DataType, StructType
from rayspark.records import dataclass

NAME = "_metadata"


@dataclass(frozen=True, eq=False)
class FileMetadata(Expression):
    """What is known of the file that the row comes from."""

    type: StructType

    @property
    def dtype(self) -> DataType:
        """A struct."""
        return self.type

    @property
    def nullable(self) -> bool:
        """Each row has a file."""
        return False

    def _is_deterministic(self) -> bool:
        return False  # it depends on where the row lies, not on the row

    def _identity(self) -> tuple[Any, ...]:
        return ()

    def sql(self) -> str:
        """Its name."""
        return NAME


def named_metadata_type(plan: LogicalPlan) -> StructType | None:
    """The type of ``_metadata`` where a query may name it: not above a union, unlike
    ``input_file_name()``.
    """
    below = plan
    while isinstance(below, Project | Filter | Sample | SubqueryAlias | Generate):
        below = below.children[0]
    return None if isinstance(below, Union) else metadata_type(below)


def metadata_type(plan: LogicalPlan) -> StructType | None:
    """What the sources below can say of the files of a plan's rows, or ``None``."""
    while isinstance(plan, Project | Filter | Sample | SubqueryAlias | Generate):
        plan = plan.children[0]
    match plan:
        case Relation(source=source):
            hidden: StructType = getattr(source, "metadata_schema", StructType())
            found = hidden.fields[0].dataType if hidden.fields else None
            assert found is None or isinstance(found, StructType)
            return found
        case Union():
            kinds = [metadata_type(child) for child in plan.children]
            return next((kind for kind in kinds if kind is not None), None)
    return None


def carry(plan: LogicalPlan) -> tuple[LogicalPlan, Attribute]:
    """The plan with the hidden column among its output; :func:`metadata_type` says it has one."""
    match plan:
        case Relation(source=source, attributes=attributes):
            names = [*source.schema.names, NAME]
            wider = source.with_columns(names)
            mine = Attribute(NAME, wider.schema.fields[-1].dataType, False)
            return plan.copy(source=wider, attributes=(*attributes, mine)), mine
        case Project(columns=columns):
            child, mine = carry(plan.child)
            return plan.copy(columns=(*columns, mine), child=child), mine
        case Union(made=made):
            kind = metadata_type(plan)
            assert kind is not None
            inputs = []
            for child in plan.children:
                if metadata_type(child) is None:
                    none = Alias(Literal(None, kind), NAME)
                    inputs.append(Project((*child.output, none), child))
                    continue
                below, mine = carry(child)
                kept = tuple(a for a in below.output if a.id != mine.id)
                inputs.append(Project((*kept, mine), below))
            both = Attribute(NAME, kind)
            return plan.copy(inputs_=tuple(inputs), made=(*made, both)), both
    child, mine = carry(plan.children[0])
    return plan.with_children([child]), mine
