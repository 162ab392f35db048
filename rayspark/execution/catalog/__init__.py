"""Names: databases, tables and views of the warehouse, temporary views of a session.

metadata   what is known of a database and a table; as JSON
warehouse  the directory that keeps it, safe against crashes and other sessions
session    what one session sees: temporary views, the current database, plans behind names
names      patterns of SHOW
errors     Spark's conditions for names that are missing, taken, or of the wrong kind
"""

from __future__ import annotations

from rayspark.execution.catalog.session import SessionCatalog, SharedCatalog
from rayspark.execution.catalog.warehouse import Warehouse

__all__ = ["SessionCatalog", "SharedCatalog", "Warehouse"]
