"""Tasks that run user functions written in Python, over Arrow blocks.

    frames     Arrow columns as pandas and back, as PySpark converts them
    evaluate   functions of rows and of columns
    groups     functions of groups: map, aggregate, cogroup
    batches    functions of all batches of a partition
    imports    what is imported before they run
    failures   what users' code raised, as an exception of ours

What a user's function raises keeps its traceback; what it returns is checked against what it was
declared to return.
"""
