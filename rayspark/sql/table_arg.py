"""A DataFrame as the argument of a table function: ``f(df.asTable().partitionBy("key"))``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rayspark.catalyst.expressions import Expression, SortOrder
from rayspark.errors import IllegalArgumentException
from rayspark.sql.arguments import columns_or_names
from rayspark.sql.tvf_argument import TableValuedFunctionArgument

if TYPE_CHECKING:
    from rayspark.catalyst.logical import LogicalPlan

__all__ = ["TableArg"]


class TableArg(TableValuedFunctionArgument):
    """The rows of a DataFrame, perhaps divided and ordered. Made by ``DataFrame.asTable``."""

    def __init__(
        self,
        plan: LogicalPlan,
        keys: tuple[Expression, ...] = (),
        order: tuple[SortOrder, ...] = (),
        single: bool = False,
    ) -> None:
        self._plan = plan
        self._keys = keys
        self._order = order
        self._single = single

    def partitionBy(self, *cols: Any) -> TableArg:
        """The function sees the rows of each value of these columns apart."""
        self._check_undivided("partitionBy()")
        return TableArg(self._plan, columns_or_names(cols), self._order)

    def orderBy(self, *cols: Any) -> TableArg:
        """The function sees the rows of each part in this order."""
        if not self._keys and not self._single:
            raise IllegalArgumentException(
                "Please call partitionBy() or withSinglePartition() before orderBy()."
            )
        keys = [e if isinstance(e, SortOrder) else SortOrder(e) for e in columns_or_names(cols)]
        return TableArg(self._plan, self._keys, tuple(keys), self._single)

    def withSinglePartition(self) -> TableArg:
        """One instance of the function sees all rows."""
        self._check_undivided("withSinglePartition()")
        return TableArg(self._plan, (), self._order, True)

    def over(self, plan: LogicalPlan) -> TableArg:
        """The same division and order of another plan's rows."""
        return TableArg(plan, self._keys, self._order, self._single)

    def _check_undivided(self, what: str) -> None:
        if self._keys or self._single:
            raise IllegalArgumentException(
                f"Cannot call {what} after partitionBy() or withSinglePartition() has been called."
            )
