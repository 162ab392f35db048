"""Files: which bytes each task reads, how they become records, and how results are committed.

Reading order: ``paths`` (what a user writes -> files), ``splits`` (files -> one input per task),
``codecs`` (compressed bytes), ``text`` and ``records`` (bytes -> records), ``writer`` and
``commit`` (records -> a directory of part files that is there whole or not at all).
"""

from __future__ import annotations
