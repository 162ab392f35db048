"""Broadcasts, accumulators, added files, the checkpoint directory."""

from __future__ import annotations

import gc
import importlib
import os
import shutil
import subprocess
import sys
import tarfile
import threading
import zipfile
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest

from rayspark import AccumulatorParam, SparkContext, SparkFiles
from rayspark.accumulators import Accumulator, AddingAccumulatorParam
from rayspark.errors import (
    IllegalArgumentException,
    PySparkRuntimeError,
    SparkException,
)
from rayspark.executor import added_files
from tests.context.conftest import conf

# -- broadcasts ------------------------------------------------------------------------------


def test_a_broadcast_is_decoded_once_for_all_tasks_of_a_process(sc: SparkContext) -> None:
    table = sc.broadcast({"a": [1]})
    ids = sc.range(8, numSlices=8).map(lambda _: id(table.value)).collect()
    assert len(set(ids)) == 1


def test_tasks_read_a_copy_on_the_driver_too(sc: SparkContext) -> None:
    mutable = [1]
    value = sc.broadcast(mutable)
    assert value.value is mutable
    assert sc.range(1).map(lambda _: value.value is mutable).collect() == [False]


def test_unpersist_keeps_the_value_usable_and_destroy_does_not(sc: SparkContext) -> None:
    value = sc.broadcast("x")
    for blocking in (False, True):
        value.unpersist(blocking)
        assert sc.range(2).map(lambda i: value.value * i).collect() == ["", "x"]
    value.destroy()
    for use in (value.destroy, value.unpersist, lambda: value.value):
        with pytest.raises(SparkException, match=r"destroyed \(destroy at .*test_sharing.py:\d+\)"):
            use()


def test_tasks_cannot_unpersist_or_destroy(sc: SparkContext) -> None:
    value = sc.broadcast(1)

    def attempts(_: int) -> list[str | None]:
        conditions = []
        for call in (value.unpersist, value.destroy):
            try:
                call()
            except PySparkRuntimeError as error:
                conditions.append(error.getCondition())
        return conditions

    found = sc.range(1).map(attempts).collect()
    assert found == [["INVALID_BROADCAST_OPERATION"] * 2]


def test_a_broadcast_that_travels_as_data_is_refused_in_words(sc: SparkContext) -> None:
    value = sc.broadcast(1)
    with pytest.raises(SparkException, match="BROADCAST_VARIABLE_NOT_LOADED"):
        sc.parallelize([value]).map(lambda b: b.value).collect()


def test_a_broadcast_nobody_refers_to_is_freed(sc: SparkContext) -> None:
    driver = sc._driver
    held = len(driver._broadcasts)
    for _ in range(20):
        value = sc.broadcast(bytes(1000))
        sc.range(1).map(lambda _, value=value: len(value.value)).collect()
    del value
    gc.collect()
    done = threading.Event()
    driver._garbage.put(done.set)  # behind the finalizers' own work
    assert done.wait(10)
    assert len(driver._broadcasts) <= held + 1  # the scheduler may still hold the last job


# -- accumulators ----------------------------------------------------------------------------


class VectorParam(AccumulatorParam[Any]):
    def zero(self, value: Any) -> Any:
        return np.zeros(len(value))

    def addInPlace(self, value1: Any, value2: Any) -> Any:
        value1 += value2
        return value1


def test_a_vector_of_numpy(sc: SparkContext) -> None:
    total = sc.accumulator(np.ones(3), VectorParam())
    sc.parallelize([1.0, 2.0], 2).foreach(lambda x: total.add(np.full(3, x)))
    assert total.value.tolist() == [4.0, 4.0, 4.0]


def test_a_zero_that_adding_changes_is_not_shared_by_tasks(sc: SparkContext) -> None:
    seen = sc.accumulator([], AddingAccumulatorParam([]))
    sc.range(20, numSlices=10).foreach(lambda x: seen.add([x]))
    assert sorted(seen.value) == list(range(20))


def test_in_place_addition_of_a_global(sc: SparkContext) -> None:
    scope: dict[str, Any] = {"total": sc.accumulator(0)}
    exec("def add(x):\n    global total\n    total += x\n", scope)
    sc.range(5).foreach(scope["add"])
    assert scope["total"].value == 10


def test_a_task_that_is_tried_again_counts_once(tmp_path: Path) -> None:
    marks = str(tmp_path)

    def fails_first(records: Any) -> None:
        counted.add(sum(1 for _ in records))
        mark = Path(marks, str(os.getpid()))
        if not mark.exists():
            mark.touch()
            raise OSError("the first try fails")

    with SparkContext(conf=conf("local[2,3]")) as context:
        counted = context.accumulator(0)
        context.range(10, numSlices=1).foreachPartition(fails_first)
        assert counted.value == 10


def test_tasks_may_not_read_or_set_the_value(sc: SparkContext) -> None:
    total = sc.accumulator(0)

    def attempts(_: int) -> list[str | None]:
        conditions = []
        for call in (lambda: total.value, lambda: setattr(total, "value", 1)):
            try:
                call()
            except PySparkRuntimeError as error:
                conditions.append(error.getCondition())
        return [*conditions, str(total)]

    told = f"Accumulator<id={total.aid}, in a task>"
    found = sc.range(1).map(attempts).collect()
    assert found == [["VALUE_NOT_ACCESSIBLE", "VALUE_NOT_ACCESSIBLE", told]]


def test_a_param_that_fails_on_the_driver_fails_the_job(sc: SparkContext) -> None:
    class Strict(AccumulatorParam[int]):
        def zero(self, value: int) -> int:
            return 0

        def addInPlace(self, value1: int, value2: int) -> int:
            if value1 == 100:
                raise ArithmeticError("no more")
            return value1 + value2

    total = sc.accumulator(100, Strict())
    with pytest.raises(ArithmeticError, match="no more"):
        sc.range(1).foreach(total.add)
    assert sc.range(2).count() == 2


def test_the_driver_does_not_keep_accumulators_alive(sc: SparkContext) -> None:
    known = len(sc._driver._accumulators)
    for _ in range(10):
        sc.accumulator(0)
    gc.collect()
    assert len(sc._driver._accumulators) == known


def test_adding_outside_of_a_task_is_an_error() -> None:
    rebuild, arguments = Accumulator(3, 0, AddingAccumulatorParam(0)).__reduce__()
    with pytest.raises(PySparkRuntimeError, match="outside of a task"):
        rebuild(*arguments).add(1)


# -- files -----------------------------------------------------------------------------------


def test_a_file_a_folder_and_one_of_another_file_system(tmp_path: Path) -> None:
    (tmp_path / "side.txt").write_text("side")
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "x.txt").write_text("x")
    fsspec.filesystem("memory").pipe_file("/added/far.txt", b"far")
    with SparkContext(conf=conf()) as context:
        context.addFile(f"file:{tmp_path}/side.txt")
        context.addFile(str(tmp_path / "folder"), recursive=True)
        context.addFile("memory://added/far.txt")
        names = ["side.txt", "folder/deep/x.txt", "far.txt"]
        read = lambda name: Path(SparkFiles.get(name)).read_text()  # noqa: E731
        assert context.parallelize(names).map(read).collect() == ["side", "x", "far"]
        assert [Path(name).name for name in context.listFiles] == ["side.txt", "folder", "far.txt"]
        root = Path(SparkFiles.getRootDirectory())
        assert root.is_dir()
    assert not root.exists()
    with pytest.raises(PySparkRuntimeError) as caught:
        SparkFiles.getRootDirectory()
    assert caught.value.getCondition() == "SESSION_OR_CONTEXT_NOT_EXISTS"


def test_files_lie_in_the_local_directory(tmp_path: Path) -> None:
    with SparkContext(conf=conf(spark_local_dir=f"{tmp_path},/elsewhere")):
        assert Path(SparkFiles.getRootDirectory()).parent.parent == tmp_path


def test_missing_files_and_folders_by_accident(sc: SparkContext, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.txt does not exist"):
        sc.addFile(str(tmp_path / "none.txt"))
    with pytest.raises(SparkException) as caught:
        sc.addFile(str(tmp_path))
    assert caught.value.getCondition() == "UNSUPPORTED_ADD_FILE.DIRECTORY"
    assert sc.listFiles == []


def test_the_same_path_twice_and_the_same_name_twice(tmp_path: Path) -> None:
    for folder, text in (("a", "one"), ("b", "two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "n.txt").write_text(text)
    with SparkContext(conf=conf()) as context:
        context.addFile(str(tmp_path / "a" / "n.txt"))
        with pytest.warns(UserWarning, match="added already"):
            context.addFile(str(tmp_path / "a" / "n.txt"))
        with pytest.raises(IllegalArgumentException, match="overwrite=true"):
            context.addFile(str(tmp_path / "b" / "n.txt"))
    with SparkContext(conf=conf(spark_files_overwrite="true")) as context:
        context.addFile(str(tmp_path / "a" / "n.txt"))
        context.addFile(str(tmp_path / "b" / "n.txt"))
        read = lambda _: Path(SparkFiles.get("n.txt")).read_text()  # noqa: E731
        assert context.range(1).map(read).collect() == ["two"]


@pytest.mark.parametrize("suffix", [".zip", ".jar", ".tar.gz"])
def test_archives_are_unpacked(tmp_path: Path, suffix: str) -> None:
    (tmp_path / "w.txt").write_text("words")
    archive = tmp_path / f"data{suffix}"
    if suffix == ".tar.gz":
        with tarfile.open(archive, "w:gz") as out:
            out.add(tmp_path / "w.txt", "w.txt")
    else:
        with zipfile.ZipFile(archive, "w") as packed:
            packed.write(tmp_path / "w.txt", "w.txt")
    with SparkContext(conf=conf()) as context:
        context.addArchive(f"{archive}#named")
        context.addArchive(str(shutil.copy(archive, tmp_path / f"other{suffix}")))
        names = ["named/w.txt", f"other{suffix}/w.txt"]
        read = lambda name: Path(SparkFiles.get(name)).read_text()  # noqa: E731
        assert context.parallelize(names).map(read).collect() == ["words", "words"]
        assert len(context.listArchives) == 2


def test_what_is_no_archive_is_refused(sc: SparkContext, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("x")
    with pytest.raises(IllegalArgumentException, match=r"text\.txt cannot be unpacked.*addFile"):
        sc.addArchive(str(tmp_path / "text.txt"))


def test_python_files_are_importable_until_the_context_stops(tmp_path: Path) -> None:
    (tmp_path / "rs_single.py").write_text("ANSWER = 1\n")
    with zipfile.ZipFile(tmp_path / "rs_many.zip", "w") as packed:
        packed.writestr("rs_packed/__init__.py", "ANSWER = 2\n")
    before = list(sys.path)
    with SparkContext(conf=conf(), pyFiles=[str(tmp_path / "rs_single.py")]) as context:
        context.addPyFile(str(tmp_path / "rs_many.zip"))
        names = ["rs_single", "rs_packed"]
        answer = lambda name: importlib.import_module(name).ANSWER  # noqa: E731
        assert context.parallelize(names).map(answer).collect() == [1, 2]
        from rs_single import ANSWER

        assert ANSWER == 1
    assert sys.path == before


def test_files_that_the_configuration_names(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "rs_conf.py").write_text("A = 'imported'\n")
    settings = {
        "spark_files": str(tmp_path / "a.txt"),
        "spark_submit_pyFiles": str(tmp_path / "rs_conf.py"),
        "spark_checkpoint_dir": str(tmp_path / "checkpoints"),
    }
    with SparkContext(conf=conf(**settings)) as context:
        assert Path(SparkFiles.get("a.txt")).read_text() == "a"
        assert importlib.import_module("rs_conf").A == "imported"
        assert (context.getCheckpointDir() or "").startswith(f"file:{tmp_path}/checkpoints/")


def test_a_process_unpacks_a_file_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    file = added_files.AddedFile.pack(-1, "a.txt", tmp_path / "a.txt", None)
    try:
        added_files.install(file, str(tmp_path))
        root = added_files.root()
        assert root is not None
        (root / "a.txt").write_text("changed")
        added_files.install(file, str(tmp_path))
        assert (root / "a.txt").read_text() == "changed"
    finally:
        added_files.close()
    assert added_files.root() is None


def test_files_stay_executable(tmp_path: Path) -> None:
    script = tmp_path / "say.sh"
    script.write_text("#!/bin/sh\necho said\n")
    script.chmod(0o755)
    with SparkContext(conf=conf()) as context:
        context.addFile(str(script))
        run = lambda _: subprocess.check_output([SparkFiles.get("say.sh")]).decode()  # noqa: E731
        assert context.range(1).map(run).collect() == ["said\n"]
