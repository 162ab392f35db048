"""Adaptive execution: what follows an exchange is planned when the sizes before it are known.

stage       an exchange whose map side has run, as an operator
execute     runs map sides, replans what is above, until only the last pipeline is left
gather      few rows that one task finishes, without a further exchange
joins       joins whose side turned out small, or empty
partitions  which partitions of exchanges each task reads: small ones together, large ones in parts
"""
