"""Catalyst: what a query means and how to say it better; nothing of how it runs.

    tree            frozen trees, walked without recursion
    expressions     column expressions: references, literals, calls, casts, windows, subqueries
    functions       the table of functions: arguments, types, nulls, documentation
    logical         relational operators and commands
    parser          SQL text to unresolved trees; the only room that imports sqlglot
    analysis        names to attributes and functions, types made to fit, mistakes well said
    optimizer       rules, one a file, in named batches
    stats           how large results will be

A query travels parser or DataFrame -> logical (unresolved) -> analysis -> optimizer; from there
:mod:`rayspark.execution` takes over.
"""
