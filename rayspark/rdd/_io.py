"""Writing RDDs to files, and what has no meaning without Hadoop."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from rayspark.errors import PySparkNotImplementedError, PySparkRuntimeError
from rayspark.errors.cleanup import after
from rayspark.executor.context import TaskContext
from rayspark.rdd._approximate import Approximate
from rayspark.serializers import check_batch_size
from rayspark.storage.files.codecs import find_codec
from rayspark.storage.files.commit import OutputDirectory, TaskWriter
from rayspark.storage.files.paths import locate
from rayspark.storage.files.records import write_pickles
from rayspark.storage.files.writer import text_extension, write_text

if TYPE_CHECKING:
    from rayspark.storage.files.codecs import Codec

T_co = TypeVar("T_co", covariant=True)


class Writing(Approximate[T_co]):
    """Methods that write files."""

    def saveAsTextFile(self, path: str, compressionCodecClass: str | None = None) -> None:
        r"""Write a directory of text files, one a partition, one line a record.

        Text is written as UTF-8, bytes as they are, anything else as its ``str()``. The directory
        appears when everything is written.

        Parameters
        ----------
        path : str
            The directory to make, on any file system that fsspec knows.
        compressionCodecClass : str, optional
            A Hadoop class name such as ``org.apache.hadoop.io.compress.GzipCodec``, or a short
            name: gzip, bzip2, zstd, lz4, snappy, deflate.

        Raises
        ------
        SparkException
            If the path exists.
        IllegalArgumentException
            If there is no such codec.

        Examples
        --------
        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "result")
        >>> sc.parallelize(["a", "b", 3], 1).saveAsTextFile(path)
        >>> sorted(os.listdir(path)), open(f"{path}/part-00000").read()
        (['_SUCCESS', 'part-00000'], 'a\nb\n3\n')
        """
        codec = find_codec(compressionCodecClass) if compressionCodecClass else None
        self._write(path, _WriteText(codec), text_extension(codec))

    def saveAsPickleFile(self, path: str, batchSize: int = 10) -> None:
        """Write a directory of files of pickled records, for ``sc.pickleFile``.

        Parameters
        ----------
        path : str
            The directory to make.
        batchSize : int
            Records pickled together, 10 by default; 0 chooses by size, -1 is for all of a file.

        >>> import os, tempfile
        >>> path = os.path.join(tempfile.mkdtemp(), "result")
        >>> sc.parallelize([1, "two", None]).saveAsPickleFile(path)
        >>> sorted(sc.pickleFile(path).collect(), key=str)
        [1, None, 'two']
        """
        check_batch_size(batchSize)
        self._write(path, _WritePickles(batchSize), "")

    def _write(self, path: str, write: Callable[[TaskWriter, Any], None], extension: str) -> None:
        """Run a job whose tasks write one file each, and make the result visible at its end."""
        # Absolute: executors have another working directory.
        output = OutputDirectory(locate(path).path, uuid.uuid4().hex)
        output.setup_job()
        try:
            self._run(_WriteTask(output, write, extension))
            output.commit_job(self.getNumPartitions())
        except BaseException as error:
            with after(error):
                output.abort_job()
            raise

    # -- without meaning here ----------------------------------------------------------------

    def saveAsHadoopFile(
        self,
        path: str,
        outputFormatClass: str,
        keyClass: str | None = None,
        valueClass: str | None = None,
        keyConverter: str | None = None,
        valueConverter: str | None = None,
        conf: dict[str, str] | None = None,
        compressionCodecClass: str | None = None,
    ) -> None:
        """Not available: Hadoop output formats are Java classes."""
        _needs_java("saveAsHadoopFile")

    def saveAsHadoopDataset(
        self,
        conf: dict[str, str],
        keyConverter: str | None = None,
        valueConverter: str | None = None,
    ) -> None:
        """Not available: Hadoop output formats are Java classes."""
        _needs_java("saveAsHadoopDataset and saveAsNewAPIHadoopDataset")

    def saveAsNewAPIHadoopFile(
        self,
        path: str,
        outputFormatClass: str,
        keyClass: str | None = None,
        valueClass: str | None = None,
        keyConverter: str | None = None,
        valueConverter: str | None = None,
        conf: dict[str, str] | None = None,
    ) -> None:
        """Not available: Hadoop output formats are Java classes."""
        _needs_java("saveAsNewAPIHadoopFile")

    saveAsNewAPIHadoopDataset = saveAsHadoopDataset

    def saveAsSequenceFile(self, path: str, compressionCodecClass: str | None = None) -> None:
        """Not available: the records would have to be Hadoop Writables, which are Java classes."""
        _needs_java("saveAsSequenceFile")

    def toDF(self, schema: Any = None, sampleRatio: float | None = None) -> Any:
        """Make a DataFrame. Available once there is a SparkSession."""
        raise PySparkRuntimeError(
            errorClass="CALL_BEFORE_INITIALIZE",
            messageParameters={"func_name": "RDD.toDF", "object": "SparkSession"},
        )


def _needs_java(method: str) -> NoReturn:
    raise PySparkNotImplementedError(
        errorClass="NOT_IMPLEMENTED",
        messageParameters={
            "feature": f"RDD.{method} (it needs Hadoop's Java classes; use saveAsTextFile or "
            "saveAsPickleFile, or foreachPartition with a Python library for the format)"
        },
    )


class _WriteTask:
    """Writes and commits the file of one partition."""

    def __init__(
        self, output: OutputDirectory, write: Callable[[TaskWriter, Any], None], extension: str
    ) -> None:
        self.output, self.write, self.extension = output, write, extension

    def __call__(self, split: int, records: Iterator[Any]) -> None:
        context = TaskContext.get()
        assert context is not None
        task = self.output.task_writer(split, context.taskAttemptId(), self.extension)
        try:
            self.write(task, records)
        except BaseException as error:
            with after(error):
                task.abort()
            raise
        task.commit()


class _WriteText:
    def __init__(self, codec: Codec | None) -> None:
        self.codec = codec.name if codec else None

    def __call__(self, task: TaskWriter, records: Iterator[Any]) -> None:
        write_text(task, records, find_codec(self.codec) if self.codec else None)


class _WritePickles:
    def __init__(self, batch_size: int) -> None:
        self.batch_size = batch_size

    def __call__(self, task: TaskWriter, records: Iterator[Any]) -> None:
        with task.open() as out:
            write_pickles(out, records, self.batch_size)
