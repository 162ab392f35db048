"""Parts of the session face that are about the application: files, tags, interrupts, progress."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rayspark.errors import PySparkValueError
from rayspark.sql.expected import refused
from rayspark.storage.files.paths import locate

if TYPE_CHECKING:
    from rayspark.context import SparkContext


class ArtifactMethods:
    """Methods that the session hands on to its SparkContext."""

    @property
    def sparkContext(self) -> SparkContext:
        """The application."""
        raise NotImplementedError

    def addArtifacts(
        self, *path: str, pyfile: bool = False, archive: bool = False, file: bool = False
    ) -> None:
        """Send files to the executors.

        Parameters
        ----------
        *path : str
            The files.
        pyfile, archive, file : bool
            What they are: Python code to import, archives to unpack, or plain files; one of them.

        Raises
        ------
        PySparkValueError
            If not exactly one kind is named.
        """
        if [pyfile, archive, file].count(True) != 1:
            raise PySparkValueError(
                errorClass="INVALID_MULTIPLE_ARGUMENT_CONDITIONS",
                messageParameters={
                    "arg_names": "'pyfile', 'archive' and 'file'",
                    "condition": "True together",
                },
            )
        context = self.sparkContext
        add = context.addPyFile if pyfile else context.addArchive if archive else context.addFile
        for name in path:
            add(name)

    def addArtifact(
        self, *path: str, pyfile: bool = False, archive: bool = False, file: bool = False
    ) -> None:
        """The same as :meth:`addArtifacts`."""
        self.addArtifacts(*path, pyfile=pyfile, archive=archive, file=file)

    def copyFromLocalToFs(self, local_path: str, dest_path: str) -> None:
        """Copy a file of this machine to a path that may lie elsewhere.

        Raises
        ------
        PySparkValueError
            If there is no such file.
        """
        source = Path(local_path)
        if not source.is_file():
            raise PySparkValueError(
                errorClass="CANNOT_BE_EMPTY", messageParameters={"item": f"file {local_path}"}
            )
        target = locate(dest_path)
        target.filesystem.put_file(str(source), target.inner)

    # -- tags and interrupts -----------------------------------------------------------------

    def addTag(self, tag: str) -> None:
        """Mark the jobs of this thread, so that :meth:`interruptTag` can cancel them."""
        self.sparkContext.addJobTag(tag)

    def removeTag(self, tag: str) -> None:
        """Take a mark back."""
        self.sparkContext.removeJobTag(tag)

    def getTags(self) -> set[str]:
        """The marks of this thread."""
        return set(self.sparkContext.getJobTags())

    def clearTags(self) -> None:
        """Take all marks back."""
        self.sparkContext.clearJobTags()

    def interruptAll(self) -> list[str]:
        """Cancel everything that runs."""
        self.sparkContext.cancelAllJobs()
        return []

    def interruptTag(self, tag: str) -> list[str]:
        """Cancel what runs under a mark."""
        self.sparkContext.cancelJobsWithTag(tag)
        return []

    def interruptOperation(self, op_id: str) -> list[str]:
        """Not available: operations have no ids here. Use :meth:`interruptTag`."""
        raise refused("interruptOperation", "operations have no ids; use addTag and interruptTag.")

    # -- progress ----------------------------------------------------------------------------

    def registerProgressHandler(self, handler: Any) -> None:
        """Not available: use ``sparkContext.addSparkListener``."""
        raise refused("registerProgressHandler", "use sparkContext.addSparkListener.")

    def removeProgressHandler(self, handler: Any) -> None:
        """Not available: use ``sparkContext.removeSparkListener``."""
        raise refused("removeProgressHandler", "use sparkContext.removeSparkListener.")

    def clearProgressHandlers(self) -> None:
        """Nothing: there are none."""
