"""Column expressions.

    base        Expression: type, nullability, how it is written in SQL
    reference   names before analysis; attributes and aliases after it
    literal     constants
    call        a function or operator applied to arguments; aggregate calls
    cast        CAST in its three modes
    conditional CASE
    lambdas     functions given to higher-order functions
    window      window functions, their partition, order and frame
    subquery    expressions that hold a query
    python      user functions written in Python
    build       short constructors used by rules: ``and_``, ``equal``...

Before analysis an expression may hold unresolved names and has no type; ``resolved`` tells.
"""

from __future__ import annotations

from rayspark.catalyst.expressions.base import Expression, ExprId, SortOrder, fresh_id
from rayspark.catalyst.expressions.build import (
    and_,
    call,
    conjuncts,
    disjuncts,
    equal,
    is_not_null,
    is_null,
    lit,
    not_,
    or_,
)
from rayspark.catalyst.expressions.call import PATH, ROW, AggregateCall, Call, UnresolvedFunction
from rayspark.catalyst.expressions.cast import Cast, CastMode
from rayspark.catalyst.expressions.conditional import CaseWhen
from rayspark.catalyst.expressions.lambdas import Lambda, LambdaVariable
from rayspark.catalyst.expressions.literal import Literal, VariableReference
from rayspark.catalyst.expressions.python import PythonFunction, PythonUDF
from rayspark.catalyst.expressions.reference import (
    Alias,
    Attribute,
    MultiAlias,
    NamedArgument,
    OuterReference,
    UnresolvedAlias,
    UnresolvedAttribute,
    UnresolvedExtract,
    UnresolvedOrdinal,
    UnresolvedRegex,
    UnresolvedStar,
)
from rayspark.catalyst.expressions.subquery import (
    Exists,
    InSubquery,
    ScalarSubquery,
    SubqueryExpression,
    TableArgument,
)
from rayspark.catalyst.expressions.window import (
    Frame,
    FrameBound,
    WindowCall,
    WindowSpec,
)

__all__ = [
    "PATH",
    "ROW",
    "AggregateCall",
    "Alias",
    "Attribute",
    "Call",
    "CaseWhen",
    "Cast",
    "CastMode",
    "Exists",
    "ExprId",
    "Expression",
    "Frame",
    "FrameBound",
    "InSubquery",
    "Lambda",
    "LambdaVariable",
    "Literal",
    "MultiAlias",
    "NamedArgument",
    "OuterReference",
    "PythonFunction",
    "PythonUDF",
    "ScalarSubquery",
    "SortOrder",
    "SubqueryExpression",
    "TableArgument",
    "UnresolvedAlias",
    "UnresolvedAttribute",
    "UnresolvedExtract",
    "UnresolvedFunction",
    "UnresolvedOrdinal",
    "UnresolvedRegex",
    "UnresolvedStar",
    "VariableReference",
    "WindowCall",
    "WindowSpec",
    "and_",
    "call",
    "conjuncts",
    "disjuncts",
    "equal",
    "fresh_id",
    "is_not_null",
    "is_null",
    "lit",
    "not_",
    "or_",
]
