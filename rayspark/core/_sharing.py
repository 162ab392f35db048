"""What driver and tasks share: broadcasts, accumulators, files, the checkpoint directory."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import uuid
import warnings
from pathlib import Path
from typing import TypeVar

from rayspark.accumulators import Accumulator, AccumulatorParam, default_param
from rayspark.broadcast import Broadcast
from rayspark.config.entries.storage import (
    ARCHIVES,
    CHECKPOINT_DIR,
    FILES,
    FILES_OVERWRITE,
    PY_FILES,
)
from rayspark.core._jobs import Jobs
from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.executor import added_files
from rayspark.executor.added_files import AddedFile
from rayspark.storage.files.paths import Location, locate

T = TypeVar("T")

_numbers = itertools.count()


class Sharing(Jobs):
    """Methods that give tasks something, or take something from them."""

    def broadcast(self, value: T) -> Broadcast[T]:
        """Send a value to every machine once; tasks read it with ``.value``.

        Parameters
        ----------
        value
            Anything that can be pickled, and that tasks do not change.

        Raises
        ------
        PySparkPicklingError
            If the value cannot be pickled.

        Examples
        --------
        >>> names = sc.broadcast({1: "one", 2: "two"})
        >>> sc.parallelize([2, 1]).map(lambda n: names.value[n]).collect()
        ['two', 'one']
        """
        return Broadcast(self._driver, value)

    def accumulator(
        self, value: T, accum_param: AccumulatorParam[T] | None = None
    ) -> Accumulator[T]:
        """A variable that tasks add to and the driver reads.

        Parameters
        ----------
        value
            Where it starts.
        accum_param : AccumulatorParam, optional
            How values are added; not needed for int, float and complex.

        Raises
        ------
        TypeError
            If there is no ``accum_param`` for a value of another type.

        Examples
        --------
        >>> lines = sc.accumulator(0)
        >>> sc.parallelize(["a", "", "b"]).foreach(lambda line: lines.add(1))
        >>> lines.value
        3
        """
        driver = self._driver
        param: AccumulatorParam[T] = default_param(value) if accum_param is None else accum_param
        made = Accumulator(self._next_accumulator, value, param)
        self._next_accumulator += 1
        made._register(driver)
        return made

    # -- files -------------------------------------------------------------------------------

    def addFile(self, path: str, recursive: bool = False) -> None:
        """Send a file along to every task: :meth:`SparkFiles.get <rayspark.SparkFiles.get>` tells
        where it lies there.

        Parameters
        ----------
        path : str
            A path or a URL that fsspec knows.
        recursive : bool
            Allow a directory, which is sent with everything in it. False by default.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        SparkException
            If it is a directory and ``recursive`` is not set (``UNSUPPORTED_ADD_FILE.DIRECTORY``).
        IllegalArgumentException
            If another file of the same name was added, unless ``spark.files.overwrite`` is set.
        """
        self._add(self._files, path, recursive=recursive)

    def addArchive(self, path: str) -> None:
        """Send an archive along, unpacked: a zip, tar, tar.gz, tgz or jar file.

        Parameters
        ----------
        path : str
            A path or a URL that fsspec knows. ``path#name`` unpacks it under another name.

        >>> import shutil, tempfile
        >>> from pathlib import Path
        >>> from rayspark import SparkFiles
        >>> folder = Path(tempfile.mkdtemp(), "data")
        >>> folder.mkdir()
        >>> _ = (folder / "words.txt").write_text("hello")
        >>> sc.addArchive(shutil.make_archive(str(folder), "zip", folder) + "#words")
        >>> Path(SparkFiles.get("words/words.txt")).read_text()
        'hello'
        """
        self._add(self._archives, path, unpack=True)

    def addPyFile(self, path: str) -> None:
        """Make a .py, .zip, .egg or .jar file importable, on the driver and in tasks.

        Parameters
        ----------
        path : str
            A path or a URL that fsspec knows.

        >>> import tempfile
        >>> from pathlib import Path
        >>> file = Path(tempfile.mkdtemp(), "answers.py")
        >>> _ = file.write_text("ANSWER = 42")
        >>> sc.addPyFile(str(file))
        >>> def answer(_):
        ...     from answers import ANSWER
        ...
        ...     return ANSWER
        >>> sc.parallelize([1]).map(answer).collect()
        [42]
        """
        self._add(self._files, path, importable=True)

    @property
    def listFiles(self) -> list[str]:
        """What :meth:`addFile` and :meth:`addPyFile` were given."""
        return list(self._files)

    @property
    def listArchives(self) -> list[str]:
        """What :meth:`addArchive` was given."""
        return list(self._archives)

    def _add(
        self,
        added: dict[str, str],
        path: str,
        *,
        recursive: bool = False,
        importable: bool = False,
        unpack: bool = False,
    ) -> None:
        driver = self._driver
        url, _, alias = path.partition("#") if unpack else (path, "", "")
        source = locate(url)
        if source.path in added:
            warnings.warn(
                f"The path {path} has been added already. Overwriting of added paths is not "
                "supported in the current version.",
                UserWarning,
                stacklevel=3,
            )
            return
        name = alias or source.name
        with tempfile.TemporaryDirectory(prefix="rayspark-add-") as folder:
            here = _fetch(source, Path(folder), recursive=recursive)
            if unpack:
                here = _unpacked(here, Path(folder))
            import_path = self._import_path(name) if importable else None
            file = AddedFile.pack(next(_numbers), name, here, import_path)
        self._check_name(name, file)
        added_files.install(file, self._application.local_dir)
        driver.add_file(file)
        added[source.path] = name

    def _import_path(self, name: str) -> str:
        if name.lower().endswith(self.PACKAGE_EXTENSIONS):
            self._python_includes.append(name)
            return name
        return ""

    def _check_name(self, name: str, file: AddedFile) -> None:
        """Two sources with one name must have the same contents."""
        names = {*self._files.values(), *self._archives.values()}
        if name not in names or self._application.config[FILES_OVERWRITE]:
            return
        there = added_files.open_root(self._application.local_dir) / name
        if AddedFile.pack(file.number, name, there, file.import_path).data != file.data:
            raise IllegalArgumentException(
                f"A file named {name!r} with other contents was added before. Give it another "
                "name, or set spark.files.overwrite=true"
            )

    def _add_configured(self, py_files: list[str]) -> None:
        config = self._application.config
        for path in _names(config[FILES]):
            self.addFile(path, recursive=True)
        for path in _names(config[ARCHIVES]):
            self.addArchive(path)
        for path in [*_names(config[PY_FILES]), *py_files]:
            self.addPyFile(path)
        if directory := config[CHECKPOINT_DIR]:
            self.setCheckpointDir(directory)

    # -- checkpoints -------------------------------------------------------------------------

    def setCheckpointDir(self, dirName: str) -> None:
        """Say below which directory ``RDD.checkpoint`` writes.

        Parameters
        ----------
        dirName : str
            A path or a URL that fsspec knows, which every executor can reach: on a cluster of
            several machines, no local path.

        >>> import tempfile
        >>> sc.setCheckpointDir(tempfile.mkdtemp())
        """
        self._check_running()
        directory = locate(dirName).child(str(uuid.uuid4()))
        directory.filesystem.makedirs(directory.inner, exist_ok=True)
        self._checkpoint_directory = directory.path

    def getCheckpointDir(self) -> str | None:
        """The directory made by :meth:`setCheckpointDir` for this application, or None."""
        return self._checkpoint_directory


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _fetch(source: Location, folder: Path, *, recursive: bool) -> Path:
    """The file on this machine; copied into ``folder`` if it is not."""
    filesystem, inner = source.filesystem, source.inner
    if not filesystem.exists(inner):
        raise FileNotFoundError(f"File {source.path} does not exist: nothing was added")
    if filesystem.isdir(inner) and not recursive:
        raise SparkException(
            errorClass="UNSUPPORTED_ADD_FILE.DIRECTORY", messageParameters={"path": source.path}
        )
    if source.scheme == "file":
        return Path(inner)
    target = folder / (source.name or "root")
    filesystem.get(inner, str(target), recursive=recursive)
    return target


def _unpacked(archive: Path, folder: Path) -> Path:
    target = folder / "unpacked"
    kind = "zip" if archive.suffix.lower() == ".jar" else None
    try:
        shutil.unpack_archive(archive, target, kind)
    except (shutil.ReadError, ValueError) as error:
        raise IllegalArgumentException(
            f"{archive.name} cannot be unpacked: {error}. addArchive takes .zip, .jar, .tar, "
            ".tar.gz and .tgz files; send other files along with addFile"
        ) from None
    return target
