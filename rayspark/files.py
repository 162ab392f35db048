"""``SparkFiles``: where files added with ``SparkContext.addFile`` lie."""

from __future__ import annotations

from typing import NoReturn

from rayspark.errors import PySparkRuntimeError
from rayspark.executor import added_files

__all__ = ["SparkFiles"]


class SparkFiles:
    """Paths of the files that ``addFile``, ``addArchive`` and ``addPyFile`` sent along, on the
    driver and in tasks alike. Only class methods.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from rayspark import SparkFiles
    >>> file = Path(tempfile.mkdtemp(), "factor.txt")
    >>> _ = file.write_text("100")
    >>> sc.addFile(str(file))
    >>> def scaled(records):
    ...     factor = int(Path(SparkFiles.get("factor.txt")).read_text())
    ...     return [x * factor for x in records]
    >>> sc.parallelize([1, 2, 3]).mapPartitions(scaled).collect()
    [100, 200, 300]
    """

    def __init__(self) -> NoReturn:
        raise NotImplementedError("Do not construct SparkFiles objects")

    @classmethod
    def get(cls, filename: str) -> str:
        """Absolute path of an added file, by its name."""
        return f"{cls.getRootDirectory()}/{filename}"

    @classmethod
    def getRootDirectory(cls) -> str:
        """The directory that holds the added files.

        Raises
        ------
        PySparkRuntimeError
            When no application runs.
        """
        root = added_files.root()
        if root is None:
            raise PySparkRuntimeError(
                errorClass="SESSION_OR_CONTEXT_NOT_EXISTS", messageParameters={}
            )
        return str(root)
