"""Files that the user added to the application: one directory a process.

A file, or a directory with all that is in it, travels as one :class:`AddedFile`, before the first
closure that may need it. Every process unpacks each once; on ``local`` masters driver and executor
are one process and share the directory. It goes away with the application.
"""

from __future__ import annotations

import importlib
import io
import shutil
import sys
import tarfile
import tempfile
import threading
from pathlib import Path

from rayspark.records import dataclass


@dataclass(frozen=True, slots=True)
class AddedFile:
    """What travels: a tar archive of one entry, named as the user will ask for it."""

    number: int
    name: str
    data: bytes
    import_path: str | None = None
    """Below the directory of added files: what becomes importable."""

    @classmethod
    def pack(cls, number: int, name: str, path: Path, import_path: str | None) -> AddedFile:
        """Read a file or directory."""
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            archive.add(path, name)
        return cls(number, name, out.getvalue(), import_path)


class _Directory:
    """The directory of this process. Thread-safe."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self._installed: set[int] = set()
        self._importable: list[str] = []
        self._lock = threading.Lock()

    def open(self, parent: str) -> Path:
        with self._lock:
            if self.path is None:
                if parent:
                    Path(parent).mkdir(parents=True, exist_ok=True)
                self.path = Path(tempfile.mkdtemp(prefix="rayspark-files-", dir=parent or None))
            return self.path

    def install(self, file: AddedFile, parent: str) -> None:
        path = self.open(parent)
        with self._lock:
            if file.number in self._installed:
                return
            with tarfile.open(fileobj=io.BytesIO(file.data)) as archive:
                # Whoever runs the application's code here may also write its files.
                archive.extractall(path, filter="fully_trusted")
            self._installed.add(file.number)
            if file.import_path is not None:
                entry = str(path / file.import_path)
                if entry not in sys.path:
                    sys.path.insert(0, entry)
                    self._importable.append(entry)
                importlib.invalidate_caches()

    def close(self) -> None:
        with self._lock:
            for entry in self._importable:
                if entry in sys.path:
                    sys.path.remove(entry)
            if self.path is not None:
                shutil.rmtree(self.path, ignore_errors=True)
            self.path, self._installed, self._importable = None, set(), []


_directory = _Directory()


def root() -> Path | None:
    """The directory of added files, when an application runs in this process."""
    return _directory.path


def open_root(parent: str) -> Path:
    """Make the directory, below ``parent`` or where temporary files lie."""
    return _directory.open(parent)


def install(file: AddedFile, parent: str) -> None:
    """Unpack a file into the directory, unless that was done."""
    _directory.install(file, parent)


def close() -> None:
    """The application is over: remove the directory, and what it made importable."""
    _directory.close()
