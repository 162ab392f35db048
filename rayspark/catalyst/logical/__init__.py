"""Logical plans: what rows are wanted.

    base        LogicalPlan: output attributes, expressions, walks over both
    leaf        where rows come from
    unary       one input
    binary      two inputs or more
    recursion   queries that read themselves
    command     statements that do something: DDL, DML, SET...

Nodes hold structure, no behaviour. Those named ``Unresolved*`` come from the parser and the
DataFrame API and are gone after analysis.
"""

from __future__ import annotations

from rayspark.catalyst.logical.base import LogicalPlan
from rayspark.catalyst.logical.binary import (
    CoGroupPython,
    Join,
    JoinKind,
    LateralJoin,
    SetOp,
    Union,
)
from rayspark.catalyst.logical.leaf import (
    LocalRelation,
    OneRow,
    Range,
    Relation,
    StoredRelation,
    UnresolvedRelation,
    UnresolvedTableFunction,
    UnresolvedValues,
)
from rayspark.catalyst.logical.recursion import RecursionLimit, UnionLoop, UnionLoopRef
from rayspark.catalyst.logical.unary import (
    Aggregate,
    Collect,
    Deduplicate,
    Distinct,
    Expand,
    Filter,
    Generate,
    GroupingSets,
    GroupPython,
    Hint,
    Limit,
    MapPython,
    Offset,
    Pivot,
    Project,
    Repartition,
    RepartitionBy,
    Sample,
    Sort,
    SubqueryAlias,
    Tail,
    ToSchema,
    Unpivot,
    Window,
    WithColumns,
    WithColumnsRenamed,
    WithCTE,
    WithWindows,
)

__all__ = [
    "Aggregate",
    "CoGroupPython",
    "Collect",
    "Deduplicate",
    "Distinct",
    "Expand",
    "Filter",
    "Generate",
    "GroupPython",
    "GroupingSets",
    "Hint",
    "Join",
    "JoinKind",
    "LateralJoin",
    "Limit",
    "LocalRelation",
    "LogicalPlan",
    "MapPython",
    "Offset",
    "OneRow",
    "Pivot",
    "Project",
    "Range",
    "RecursionLimit",
    "Relation",
    "Repartition",
    "RepartitionBy",
    "Sample",
    "SetOp",
    "Sort",
    "StoredRelation",
    "SubqueryAlias",
    "Tail",
    "ToSchema",
    "Union",
    "UnionLoop",
    "UnionLoopRef",
    "Unpivot",
    "UnresolvedRelation",
    "UnresolvedTableFunction",
    "UnresolvedValues",
    "Window",
    "WithCTE",
    "WithColumns",
    "WithColumnsRenamed",
    "WithWindows",
]
