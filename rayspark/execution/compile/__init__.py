"""From trees to the text of DuckDB queries.

context      what a query's text depends on, and what it uses
types        Spark types as DuckDB's
expression   an expression as text
literal      constants as text
cast         casts as text, with Spark's meaning
operators    physical operators as SELECT texts
"""
