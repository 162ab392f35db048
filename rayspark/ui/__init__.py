"""What people look at: the event log, the progress bar and the summary. Only subscribers."""

from __future__ import annotations
