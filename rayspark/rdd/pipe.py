"""One partition through one program: ``rdd.pipe``."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterator
from dataclasses import field
from subprocess import PIPE, Popen
from typing import IO, Any

from rayspark.errors import PySparkRuntimeError
from rayspark.executor.context import TaskContext
from rayspark.records import dataclass


@dataclass(frozen=True, slots=True)
class Pipe:
    """A function of a partition: its records to the program's input, its output as records.

    A thread feeds the program while the task reads, so neither waits for the other forever.
    """

    command: str
    env: dict[str, str]
    check_code: bool

    def __call__(self, split: int, records: Iterator[Any]) -> Iterator[str]:
        """Apply to one partition."""
        process = Popen(shlex.split(self.command), env=self.env, stdin=PIPE, stdout=PIPE)
        assert process.stdin is not None and process.stdout is not None
        feeder = _Feeder(process.stdin, records, TaskContext.get())
        thread = threading.Thread(target=feeder.run, name="rayspark-pipe", daemon=True)
        thread.start()
        try:
            for line in process.stdout:
                yield line.rstrip(b"\n").decode()
            thread.join()
            code = process.wait()
        finally:
            process.kill()
            process.stdout.close()
        if feeder.error is not None:
            raise feeder.error
        if self.check_code and code:
            raise PySparkRuntimeError(
                errorClass="PIPE_FUNCTION_EXITED",
                messageParameters={"func_name": self.command, "error_code": str(code)},
            )


@dataclass(slots=True)
class _Feeder:
    out: IO[bytes]
    records: Iterator[Any]
    context: TaskContext | None
    error: BaseException | None = field(default=None)
    """What computing the records raised: it belongs to the task."""

    def run(self) -> None:
        if self.context is not None:
            self.context._enter()
        try:
            with self.out:
                for record in self.records:
                    self.out.write((str(record).rstrip("\n") + "\n").encode())
        except BrokenPipeError:
            pass  # the program ended without reading all of its input, as `head` does
        except BaseException as error:  # noqa: BLE001  user code; raised again in the task's thread
            self.error = error
