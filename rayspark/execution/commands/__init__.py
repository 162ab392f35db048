"""Statements that do something, one module a family; each gives a relation with its result.

result       relations of texts and flags
databases    CREATE, ALTER, DROP, USE of databases
tables       CREATE, DROP, ALTER, TRUNCATE, REFRESH of tables
views        CREATE and ALTER VIEW
insert       INSERT INTO, INSERT OVERWRITE
partitions   ADD, DROP, TRUNCATE of partitions
statistics   ANALYZE TABLE
caching      CACHE TABLE and what persist() does
showing      SHOW; describing: DESCRIBE, EXPLAIN
settings     SET, RESET
variables    DECLARE, SET VAR, EXECUTE IMMEDIATE
functions    DROP FUNCTION
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rayspark.catalyst.logical import LocalRelation, LogicalPlan
from rayspark.catalyst.logical import command as c
from rayspark.execution.commands.caching import cache_table, uncache_table
from rayspark.execution.commands.databases import (
    alter_database,
    create_database,
    drop_database,
    use_catalog,
    use_database,
)
from rayspark.execution.commands.describing import describe, explain
from rayspark.execution.commands.functions import drop_function
from rayspark.execution.commands.insert import insert, insert_directory
from rayspark.execution.commands.refused import refuse
from rayspark.execution.commands.settings import reset_setting, set_setting
from rayspark.execution.commands.showing import show
from rayspark.execution.commands.statistics import analyze_table
from rayspark.execution.commands.tables import (
    alter_table,
    create_table,
    create_table_like,
    drop_table,
    refresh_table,
    truncate_table,
)
from rayspark.execution.commands.variables import (
    declare_variable,
    drop_variable,
    set_variable,
    statement_of,
    store_row,
)
from rayspark.execution.commands.views import alter_view, create_view, create_view_using
from rayspark.execution.session_state import SessionState

__all__ = ["run_command"]


def _alter(command: c.AlterTable, state: SessionState) -> LocalRelation:
    shared = command.action in ("rename", "set properties", "unset properties")
    view = command.is_view or (shared and state.catalog.is_view(command.name))
    return alter_view(command, state) if view else alter_table(command, state)


RUNNERS: dict[type[c.Command], Callable[[Any, SessionState], LogicalPlan]] = {
    c.AlterDatabase: alter_database,
    c.AlterTable: _alter,
    c.AnalyzeTable: analyze_table,
    c.CacheTable: cache_table,
    c.CreateDatabase: create_database,
    c.CreateTable: create_table,
    c.CreateTableLike: create_table_like,
    c.CreateTemporaryViewUsing: create_view_using,
    c.CreateView: create_view,
    c.DeclareVariable: declare_variable,
    c.Describe: describe,
    c.DropDatabase: drop_database,
    c.DropFunction: drop_function,
    c.DropTable: drop_table,
    c.DropVariable: drop_variable,
    c.Explain: explain,
    c.Insert: insert,
    c.InsertDirectory: insert_directory,
    c.RefreshTable: refresh_table,
    c.Refused: refuse,
    c.ResetCommand: reset_setting,
    c.SetCommand: set_setting,
    c.SetVariable: set_variable,
    c.Show: show,
    c.TruncateTable: truncate_table,
    c.UncacheTable: uncache_table,
    c.UseCatalog: use_catalog,
    c.UseDatabase: use_database,
}


def run_command(command: c.Command, state: SessionState) -> LogicalPlan:
    """Run a statement at once; its rows as a relation. EXECUTE IMMEDIATE of a query gives its plan.

    Raises
    ------
    AnalysisException
        With Spark's condition, for names that are missing or taken, data that does not fit, ...
    """
    if not isinstance(command, c.ExecuteImmediate):
        return RUNNERS[type(command)](command, state)
    plan = statement_of(command, state)
    if isinstance(plan, c.Command):
        return run_command(plan, state)
    return store_row(command.into, plan, state) if command.into else plan
