"""Where in the user's program an RDD was made or an action called."""

from __future__ import annotations

import sys

_PACKAGE = "rayspark."


def call_site() -> str:
    """``reduceByKey at /home/me/job.py:12``: our outermost method and the user's line.

    Walks frames only (no source is read), since every RDD and every job has one.
    """
    frame = sys._getframe(1)
    method = frame.f_code.co_name
    while frame.f_globals.get("__name__", "").startswith(_PACKAGE):
        method = frame.f_code.co_name
        if frame.f_back is None:
            break
        frame = frame.f_back
    return f"{method} at {frame.f_code.co_filename}:{frame.f_lineno}"
