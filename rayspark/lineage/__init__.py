"""Lineage: what a partition is and how it is made again.

``node`` holds the five properties of an RDD, ``dependency`` the edges, ``ops`` what nodes compute,
``pipeline`` the compilation of record-at-a-time ops into one loop, ``walk`` the graph walks.
"""
