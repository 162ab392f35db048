"""``treeReduce`` and ``treeAggregate``: the shape of the tree shows in the order of the parts."""

from __future__ import annotations

import operator

from tests.rdd_cases import Family

case = Family("trees")

for n in (1, 2, 4, 7, 16, 20, 30):
    for depth in (1, 2, 3):
        case(
            f"aggregate_{n}_depth_{depth}",
            lambda ps, sc, tmp, n=n, depth=depth: (
                sc.range(n, numSlices=n)
                .map(str)
                .treeAggregate("", operator.add, operator.add, depth)
            ),
        )
    case(f"reduce_{n}", lambda ps, sc, tmp, n=n: sc.range(n, numSlices=n).treeReduce(operator.add))
case(
    "aggregate_zero_per_partition",
    lambda ps, sc, tmp: sc.range(10, numSlices=10).treeAggregate(1, operator.add, operator.add),
)
case(
    "aggregate_depth_zero",
    lambda ps, sc, tmp: sc.range(1).treeAggregate(0, operator.add, operator.add, 0),
)
case("reduce_depth_zero", lambda ps, sc, tmp: sc.range(1).treeReduce(operator.add, 0))
case(
    "reduce_depth_large", lambda ps, sc, tmp: sc.range(20, numSlices=9).treeReduce(operator.add, 10)
)
case(
    "reduce_with_gaps",
    lambda ps, sc, tmp: sc.range(20, numSlices=9).filter(lambda x: x % 5 == 0).treeReduce(max),
)
case(
    "aggregate_mutable",
    lambda ps, sc, tmp: sorted(
        sc.range(20, numSlices=9).treeAggregate(
            [], lambda a, x: a.append(x) or a, lambda a, b: a + b
        )
    ),
)
