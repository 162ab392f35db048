"""The event log: one JSON object a line, in Spark's own format, for the Spark History Server.

``EventLog`` is a bus subscriber. It writes ``DIR/APP_ID[_ATTEMPT][.zstd].inprogress`` while the
application runs and takes ``.inprogress`` away in ``close()``; a log that keeps it belongs to an
application that died, and the History Server shows what there is of it. Lines are flushed when a
stage or job ends, not for each task. All methods but ``close`` run on the bus's thread; stop the
bus before closing.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from typing import IO, cast

import zstandard

from rayspark.events import types as ev
from rayspark.events.sql import SQLExecutionEnd
from rayspark.lazy import fsspec
from rayspark.ui.spark_json import DEFAULT_REDACTION, LOGGED_EVENTS, to_json

logger = logging.getLogger(__name__)

IN_PROGRESS = ".inprogress"
# Heartbeats are not history, and block updates only when asked for: as Spark's listener does it.
_WRITTEN = LOGGED_EVENTS - {ev.LogStart, ev.ExecutorMetricsUpdate, ev.BlockUpdated}
_FLUSHED = (
    ev.StageCompleted,
    ev.JobStart,
    ev.JobEnd,
    ev.ApplicationEnd,
    ev.ExecutorRemoved,
    SQLExecutionEnd,
)


class EventLog:
    """Write the events of one application.

    Parameters
    ----------
    directory : str
        ``spark.eventLog.dir``: a path or any fsspec URL. On a local file system it must exist, as
        in Spark: a mistyped directory is an error, not a new place nobody looks at.
    app_id : str
        Names the file.
    attempt_id : str, optional
        Attempt of the application, part of the name when given.
    spark_version : str
        Version of Spark's log format that the reader should assume.
    compress : bool, default False
        ``spark.eventLog.compress``.
    codec : str, default "zstd"
        ``spark.eventLog.compression.codec``; only zstd.
    overwrite : bool, default False
        ``spark.eventLog.overwrite``: replace an earlier log of the same application.
    log_block_updates : bool, default False
        ``spark.eventLog.logBlockUpdates.enabled``.
    redaction : str
        ``spark.redaction.regex``.

    Raises
    ------
    FileNotFoundError
        If a local `directory` does not exist.
    FileExistsError
        If the log exists, or is being written, and `overwrite` is false.
    ValueError
        For a codec other than zstd, or a malformed regex.
    """

    def __init__(
        self,
        directory: str,
        app_id: str,
        attempt_id: str | None = None,
        *,
        spark_version: str = "4.3.0",
        compress: bool = False,
        codec: str = "zstd",
        overwrite: bool = False,
        log_block_updates: bool = False,
        redaction: str = DEFAULT_REDACTION,
    ) -> None:
        if compress and codec != "zstd":
            raise ValueError(
                f"spark.eventLog.compression.codec is {codec!r}, but event logs are compressed "
                "with 'zstd' only"
            )
        try:
            re.compile(redaction)
        except re.error as error:
            raise ValueError(
                f"spark.redaction.regex {redaction!r} is not a regex: {error}"
            ) from None
        self._redaction = redaction
        self._kinds = _WRITTEN | ({ev.BlockUpdated} if log_block_updates else set())
        self._fs, folder = fsspec.core.url_to_fs(directory)
        protocols = self._fs.protocol
        self._is_local = "file" in ((protocols,) if isinstance(protocols, str) else protocols)
        self._check_folder(folder, directory)
        name = log_name(app_id, attempt_id) + (".zstd" if compress else "")
        self.path = f"{folder.rstrip('/')}/{name}"
        self._overwrite = overwrite
        if self._fs.exists(self.path) and not overwrite:
            raise FileExistsError(
                f"event log {self.path} exists; set spark.eventLog.overwrite=true to replace it, "
                "or remove it"
            )
        self._file = self._begin()
        self._zstd = zstandard.ZstdCompressor().stream_writer(self._file) if compress else None
        self._closed = self._failed = False
        self._write(ev.LogStart(spark_version))
        self._flush()

    def _check_folder(self, folder: str, asked: str) -> None:
        if not self._is_local:
            self._fs.makedirs(folder, exist_ok=True)  # object stores have no folders to mistype
        elif not self._fs.isdir(folder):
            raise FileNotFoundError(
                f"spark.eventLog.dir is {asked!r}, but there is no directory {folder}; create it, "
                "or set spark.eventLog.enabled=false"
            )

    def _begin(self) -> IO[bytes]:
        """The file that is written; each application has one of its own."""
        place = self.path + IN_PROGRESS
        try:
            if not self._overwrite and not self._is_local and self._fs.exists(place):
                raise FileExistsError(place)
            mode = "xb" if self._is_local and not self._overwrite else "wb"
            return cast("IO[bytes]", self._fs.open(place, mode))
        except FileExistsError as error:
            raise FileExistsError(
                f"event log {place} is being written by another application, or one that crashed "
                "left it; set spark.eventLog.overwrite=true to replace it, or remove it"
            ) from error

    def interests(self) -> Collection[type[ev.Event]]:
        """Return the events that Spark logs, too."""
        return self._kinds

    def handle(self, event: ev.Event) -> None:
        """Write one event.

        Raises
        ------
        OSError
            If the file system refuses. The bus reports it, and the log stays ``.inprogress``.
        """
        try:
            self._write(event)
            if isinstance(event, _FLUSHED):
                self._flush()
        except OSError:
            self._failed = True
            raise

    def close(self) -> None:
        """Complete the log under its final name. Closing twice changes nothing.

        A log in which a line could not be written keeps its ``.inprogress``: it is not complete.
        """
        if self._closed:
            return
        self._closed = True
        if self._zstd is not None:
            self._zstd.flush(zstandard.FLUSH_FRAME)
        self._file.close()
        if self._failed:
            logger.warning("Event log %s is incomplete: a write failed", self.path + IN_PROGRESS)
            return
        if self._overwrite and self._fs.exists(self.path):
            self._fs.rm(self.path)
        self._fs.mv(self.path + IN_PROGRESS, self.path)
        logger.info("Event log is at %s", self.path)

    def _write(self, event: ev.Event) -> None:
        line = to_json(event, self._redaction).encode() + b"\n"
        (self._file if self._zstd is None else self._zstd).write(line)

    def _flush(self) -> None:
        if self._zstd is not None:
            self._zstd.flush(zstandard.FLUSH_BLOCK)
        self._file.flush()


def log_name(app_id: str, attempt_id: str | None = None) -> str:
    """Name a log as Spark does: lower case, without characters that paths dislike.

    >>> log_name("app-2024 X:1", "2")
    'app-2024-x-1_2'
    """
    parts = [app_id] if attempt_id is None else [app_id, attempt_id]
    return "_".join(
        re.sub(r"""[.${}'"]""", "_", re.sub(r"[ :/]", "-", part)).lower() for part in parts
    )
