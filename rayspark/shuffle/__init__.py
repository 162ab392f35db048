"""Shuffle: records move from map tasks to reduce tasks.

``spec`` says all a shuffle is, ``partitioner`` places keys, ``writer`` makes a map task's blocks,
``blocks`` is their format, ``reader`` gives a reduce task its records, ``tracker`` is the driver's
book of what exists where.
"""
