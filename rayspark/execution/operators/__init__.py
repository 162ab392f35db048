"""Physical operators: how rows are made.

base        PhysicalPlan: output, how its rows are spread (``partitioning``), what it needs
leaf        scans and other beginnings
rows        one input: project, filter, sort, limit, window, generate, sample...
aggregate   partial, final and complete aggregation
join        all joins
several     union, intersect, except
exchange    shuffles and broadcasts
python      user functions written in Python
"""
