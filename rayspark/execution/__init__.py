"""Execution: from an optimized logical plan to rows.

    query       QueryExecution: the whole way of one query on one screen
    planner     logical to physical, one strategy a function
    operators   physical operators
    compile     a pipeline of operators, and expressions, as the text of one DuckDB query
    kernels     how each function is computed: DuckDB text or an Arrow function
    duck        the process's DuckDB instance; its errors in Spark's words
    sources     where rows come from and go to: Parquet, CSV, JSON...

Only this room knows that DuckDB exists.
"""
