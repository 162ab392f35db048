"""Where DataFrames meet pandas and Arrow: functions of batches, of groups, conversion."""

from __future__ import annotations
