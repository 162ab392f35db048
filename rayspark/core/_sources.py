"""RDDs made from collections and from files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from rayspark.closures import explain_value
from rayspark.config.entries.storage import FILES_MAX_PARTITION_BYTES, FILES_OPEN_COST
from rayspark.core._application import RunningApplication
from rayspark.errors import PySparkNotImplementedError, PySparkValueError
from rayspark.lineage.node import Node, Op
from rayspark.lineage.ops import CollectionOp, RangeOp, ReadOp
from rayspark.rdd import RDD
from rayspark.rdd._transformations import union_all
from rayspark.rdd.callsite import call_site
from rayspark.serializers import Frame, encode
from rayspark.storage.files.paths import list_files
from rayspark.storage.files.records import fixed_records, read_pickles, whole_files, whole_texts
from rayspark.storage.files.splits import (
    InputPartition,
    plan_binary,
    plan_records,
    plan_sequence,
    plan_text,
    plan_whole_text,
)
from rayspark.storage.files.text import read_byte_lines, read_lines

if TYPE_CHECKING:
    from rayspark.context import SparkContext

T = TypeVar("T")

BATCH_SIZE = 1024
"""Elements that ``parallelize`` never splits over two partitions, when the context names no other
number: partitions have the sizes they have in PySpark."""


class Sources(RunningApplication):
    """Methods that make RDDs."""

    def parallelize(self, c: Iterable[T], numSlices: int | None = None) -> RDD[T]:
        """Distribute a collection.

        Parameters
        ----------
        c : iterable
            What has a length is used as it is; anything else is read into a list. Later changes to
            it are not seen. A ``range`` is not copied at all.
        numSlices : int, optional
            Number of partitions, by default :attr:`defaultParallelism`.

        Raises
        ------
        PySparkValueError
            If the number of partitions is not positive.
        PySparkPicklingError
            If an element cannot be sent to an executor.

        Examples
        --------
        >>> sc.parallelize([0, 2, 3, 4, 6], 5).glom().collect()
        [[0], [2], [3], [4], [6]]
        >>> sc.parallelize(range(0, 6, 2), 5).glom().collect()
        [[], [0], [], [2], [4]]
        """
        slices = self._number_of_slices(numSlices)
        if isinstance(c, range):
            return self._source(RangeOp(c.start, c.stop, c.step, slices), slices, "PythonRDD")
        values: Any = c if hasattr(c, "__len__") else list(c)
        frames = self._encode_slices(list(values), slices)
        return self._source(CollectionOp(frames), slices, "ParallelCollectionRDD")

    def _number_of_slices(self, asked: int | None) -> int:
        slices = self.defaultParallelism if asked is None else int(asked)
        self._check_running()
        if slices <= 0:
            raise PySparkValueError(
                errorClass="VALUE_NOT_POSITIVE",
                messageParameters={"arg_name": "numSlices", "arg_value": str(slices)},
            )
        return slices

    def _encode_slices(self, values: list[Any], slices: int) -> list[Frame]:
        """Batches of equal size, sliced evenly: PySpark's layout."""
        size = max(1, min(len(values) // slices, self._batchSize or BATCH_SIZE))
        batches = -(-len(values) // size)
        ends = [(split * batches // slices) * size for split in range(slices + 1)]
        try:
            return [encode(values[start:end], by_value=True) for start, end in pairwise(ends)]
        except Exception as error:  # noqa: BLE001  a user's __reduce__ may raise anything
            raise explain_value("element of parallelize", values, error) from None

    def range(
        self, start: int, end: int | None = None, step: int = 1, numSlices: int | None = None
    ) -> RDD[int]:
        """The numbers from ``start`` to before ``end``.

        Parameters
        ----------
        start : int
            The first one; or, without ``end``, the end of numbers that begin at 0.
        end : int, optional
            Where they end, itself not included.
        step : int
            The distance of two numbers, 1 by default.
        numSlices : int, optional
            Number of partitions, by default :attr:`defaultParallelism`.

        >>> sc.range(5).collect(), sc.range(2, 4).collect(), sc.range(1, 7, 2).collect()
        ([0, 1, 2, 3, 4], [2, 3], [1, 3, 5])
        """
        if end is None:
            start, end = 0, start
        return self.parallelize(range(start, end, step), numSlices)

    def emptyRDD(self) -> RDD[Any]:
        """An RDD without partitions.

        >>> sc.emptyRDD().getNumPartitions(), sc.emptyRDD().collect()
        (0, [])
        """
        self._check_running()
        return self._source(CollectionOp(()), 0, "EmptyRDD")

    def union(self, rdds: Sequence[RDD[T]]) -> RDD[T]:
        """The records of several RDDs: their partitions, one after the other.

        >>> sc.union([sc.parallelize([1, 2]), sc.parallelize([3])]).collect()
        [1, 2, 3]
        """
        return union_all(rdds)

    # -- files -------------------------------------------------------------------------------

    def textFile(
        self, name: str, minPartitions: int | None = None, use_unicode: bool = True
    ) -> RDD[str]:
        r"""The lines of text files.

        Parameters
        ----------
        name : str
            A path or a URL that fsspec knows, a directory, a glob, or several of them separated by
            commas. Files that end in .gz, .bz2, .zst, .lz4, .snappy or .deflate are decompressed.
        minPartitions : int, optional
            Large files are split at least so often; :attr:`defaultMinPartitions` by default.
        use_unicode : bool
            Lines as str (the default), or as UTF-8 bytes.

        Raises
        ------
        SparkException
            If a path does not exist (``PATH_NOT_FOUND``).

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> file = Path(tempfile.mkdtemp(), "a.txt")
        >>> _ = file.write_text("x\ny\n")
        >>> sc.textFile(str(file)).collect()
        ['x', 'y']
        """
        wanted, config = self._min_partitions(minPartitions), self._application.config
        splits = plan_text(
            list_files(name),
            wanted,
            max_partition_bytes=config[FILES_MAX_PARTITION_BYTES],
            open_cost_bytes=config[FILES_OPEN_COST],
        )
        return self._read(name, splits, EachSplit(read_lines if use_unicode else read_byte_lines))

    def wholeTextFiles(
        self, path: str, minPartitions: int | None = None, use_unicode: bool = True
    ) -> RDD[tuple[str, str]]:
        r"""Pairs of path and contents of text files, each read as a whole.

        Parameters
        ----------
        path : str
            As for :meth:`textFile`.
        minPartitions : int, optional
            Number of partitions wished for; :attr:`defaultMinPartitions` by default.
        use_unicode : bool
            Path and contents as str (the default), or as UTF-8 bytes.

        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.txt").write_text("x\ny\n")
        >>> sc.wholeTextFiles(str(folder)).values().collect()
        ['x\ny\n']
        """
        wanted = self._min_partitions(minPartitions)
        splits = plan_whole_text(list_files(path, subdirectories="skip"), wanted)
        return self._read(path, splits, whole_texts if use_unicode else _whole_bytes)

    def binaryFiles(self, path: str, minPartitions: int | None = None) -> RDD[tuple[str, bytes]]:
        """Pairs of path and bytes of files, each read as a whole.

        Parameters
        ----------
        path : str
            As for :meth:`textFile`.
        minPartitions : int, optional
            Number of partitions wished for; :attr:`defaultMinPartitions` by default.

        >>> import tempfile
        >>> from pathlib import Path
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "a.bin").write_bytes(b"ab")
        >>> sc.binaryFiles(str(folder)).values().collect()
        [b'ab']
        """
        wanted, config = self._min_partitions(minPartitions), self._application.config
        splits = plan_binary(
            list_files(path, subdirectories="skip"),
            wanted,
            self.defaultParallelism,
            max_partition_bytes=config[FILES_MAX_PARTITION_BYTES],
            open_cost_bytes=config[FILES_OPEN_COST],
        )
        return self._read(path, splits, whole_files)

    def binaryRecords(self, path: str, recordLength: int) -> RDD[bytes]:
        """Records of one length from binary files.

        Parameters
        ----------
        path : str
            As for :meth:`textFile`.
        recordLength : int
            Bytes of each record.

        Raises
        ------
        IllegalArgumentException
            If the length is not positive.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> file = Path(tempfile.mkdtemp(), "a.bin")
        >>> _ = file.write_bytes(b"aabbcc")
        >>> sc.binaryRecords(str(file), 2).collect()
        [b'aa', b'bb', b'cc']
        """
        self._check_running()
        splits = plan_records(list_files(path), recordLength)
        return self._read(path, splits, EachSplit(Records(recordLength)))

    def pickleFile(self, name: str, minPartitions: int | None = None) -> RDD[Any]:
        """The records that ``RDD.saveAsPickleFile`` wrote. Only read what you trust: unpickling
        runs code.

        Parameters
        ----------
        name : str
            As for :meth:`textFile`.
        minPartitions : int, optional
            Number of partitions wished for; :attr:`defaultMinPartitions` by default.

        >>> import tempfile
        >>> path = tempfile.mkdtemp() + "/result"
        >>> sc.parallelize([(1, "a"), None], 1).saveAsPickleFile(path)
        >>> sc.pickleFile(path).collect()
        [(1, 'a'), None]
        """
        wanted = self._min_partitions(minPartitions)
        splits = plan_sequence(list_files(name), wanted)
        return self._read(name, splits, EachSplit(read_pickles))

    def _min_partitions(self, asked: int | None) -> int:
        self._check_running()
        return self.defaultMinPartitions if asked is None else int(asked)

    def _read(
        self,
        name: str,
        splits: Sequence[InputPartition],
        read: Callable[[InputPartition], Iterable[Any]],
    ) -> RDD[Any]:
        rdd = self._source(ReadOp(splits, read), len(splits), "MapPartitionsRDD")
        return rdd.setName(name)

    def _source(self, op: Op, partitions: int, label: str) -> RDD[Any]:
        ctx: SparkContext = self  # type: ignore[assignment]  # the one class made of these parts
        return RDD(Node(op, (), partitions, label=label, call_site=call_site()), ctx)

    # -- without meaning here ----------------------------------------------------------------

    def sequenceFile(
        self,
        path: str,
        keyClass: str | None = None,
        valueClass: str | None = None,
        keyConverter: str | None = None,
        valueConverter: str | None = None,
        minSplits: int | None = None,
        batchSize: int = 0,
    ) -> RDD[tuple[Any, Any]]:
        """Not available: the records of sequence files are Java classes."""
        _needs_java("sequenceFile")

    def hadoopFile(
        self,
        path: str,
        inputFormatClass: str,
        keyClass: str,
        valueClass: str,
        keyConverter: str | None = None,
        valueConverter: str | None = None,
        conf: dict[str, str] | None = None,
        batchSize: int = 0,
    ) -> RDD[tuple[Any, Any]]:
        """Not available: Hadoop input formats are Java classes."""
        _needs_java("hadoopFile and newAPIHadoopFile")

    def hadoopRDD(
        self,
        inputFormatClass: str,
        keyClass: str,
        valueClass: str,
        keyConverter: str | None = None,
        valueConverter: str | None = None,
        conf: dict[str, str] | None = None,
        batchSize: int = 0,
    ) -> RDD[tuple[Any, Any]]:
        """Not available: Hadoop input formats are Java classes."""
        _needs_java("hadoopRDD and newAPIHadoopRDD")

    newAPIHadoopFile = hadoopFile
    newAPIHadoopRDD = hadoopRDD


class EachSplit:
    """Reads the splits of an input partition one after the other."""

    def __init__(self, read: Callable[[Any], Iterable[Any]]) -> None:
        self.read = read

    def __call__(self, partition: InputPartition) -> Iterator[Any]:
        return chain.from_iterable(map(self.read, partition))


class Records:
    """Reads records of one length."""

    def __init__(self, length: int) -> None:
        self.length = length

    def __call__(self, split: Any) -> Iterator[bytes]:
        return fixed_records(split, self.length)


def _whole_bytes(partition: InputPartition) -> Iterator[tuple[bytes, bytes]]:
    for path, text in whole_texts(partition):
        yield path.encode(), text.encode()


def _needs_java(method: str) -> NoReturn:
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED",
        messageParameters={
            "feature": f"SparkContext.{method} (which needs Hadoop's Java classes; use textFile, "
            "binaryFiles, binaryRecords or pickleFile, or read the format with a Python library "
            "inside parallelize(paths).flatMap)"
        },
    )
