"""CREATE, ALTER, DROP and USE of databases."""

from __future__ import annotations

import getpass
from dataclasses import replace

from rayspark.catalyst.logical import LocalRelation
from rayspark.catalyst.logical import command as c
from rayspark.execution.catalog.errors import CATALOG, error, sql_name
from rayspark.execution.catalog.metadata import Database
from rayspark.execution.commands.locations import absolute
from rayspark.execution.commands.result import nothing
from rayspark.execution.session_state import SessionState


def create_database(command: c.CreateDatabase, state: SessionState) -> LocalRelation:
    """CREATE DATABASE."""
    warehouse = state.catalog.warehouse
    name = state.catalog.database_name(command.name)
    location = absolute(command.location) or warehouse.database_location(name)
    properties = dict(command.properties)
    database = Database(name, location, command.comment or "", properties, getpass.getuser())
    warehouse.create_database(database, if_not_exists=command.if_not_exists)
    return nothing()


def alter_database(command: c.AlterDatabase, state: SessionState) -> LocalRelation:
    """ALTER DATABASE ... SET, COMMENT ON DATABASE."""
    changes = dict(command.properties)

    def change(database: Database) -> Database:
        comment = changes.pop("comment", database.comment)
        location = absolute(command.location) or database.location
        properties = {**database.properties, **changes}
        return replace(database, comment=comment, location=location, properties=properties)

    state.catalog.warehouse.alter_database(state.catalog.database_name(command.name), change)
    return nothing()


def drop_database(command: c.DropDatabase, state: SessionState) -> LocalRelation:
    """DROP DATABASE."""
    catalog = state.catalog
    name = catalog.database_name(command.name)
    if command.if_exists and not catalog.warehouse.has_database(name):
        return nothing()
    catalog.warehouse.drop_database(name, cascade=command.cascade)
    return nothing()


def use_database(command: c.UseDatabase, state: SessionState) -> LocalRelation:
    """USE."""
    state.catalog.use(command.name)
    return nothing()


def use_catalog(command: c.UseCatalog, _state: SessionState) -> LocalRelation:
    """SET CATALOG: there is one."""
    if command.name.lower() != CATALOG:
        raise error(
            "CATALOG_NOT_FOUND",
            catalogName=sql_name(command.name),
            config=f'"spark.sql.catalog.{command.name}"',
        )
    return nothing()
