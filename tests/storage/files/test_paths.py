from __future__ import annotations

import pickle
import socket
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.storage.files.paths import FileEntry, list_files, locate, open_input
from tests.storage.files.support import golden

GLOBS = golden("globs")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree")
    for name in GLOBS["tree"]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x\n")
    return root


def names(files: list[FileEntry], root: Path) -> list[str]:
    return [file.path.removeprefix(f"file:{root}/") for file in files]


@pytest.mark.parametrize("case", GLOBS["cases"], ids=lambda case: case["pattern"])
@pytest.mark.parametrize(("api", "mode"), [("text", "error"), ("whole", "skip")])
def test_lists_the_files_that_spark_lists(tree: Path, case: Any, api: str, mode: Any) -> None:
    path = case["path"].replace("ROOT", str(tree))
    if f"{api}_error" in case:
        with pytest.raises((SparkException, IllegalArgumentException)) as caught:
            list_files(path, subdirectories=mode)
        told = case[f"{api}_error"].replace("ROOT", str(tree))
        if "Illegal file pattern" in told:
            assert str(caught.value).startswith("Illegal file pattern")
        else:
            assert told in str(caught.value)
        return
    found = names(list_files(path, subdirectories=mode), tree)
    if api == "text":
        expected = [split.removesuffix(":0+2") for split in case[api]]
        # Spark keeps a directory's own arbitrary order; ours is sorted in each directory.
        listed = any(f"{tree}/{d}" in path for d in ("flat", "{flat"))
        assert found == (sorted(expected) if listed else expected)
    else:
        assert sorted(found) == case[api]


def test_entries_tell_size_and_time_and_travel(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (entry,) = list_files(str(tmp_path))
    assert entry.size == 5
    assert entry.mtime == pytest.approx((tmp_path / "a").stat().st_mtime)
    assert pickle.loads(pickle.dumps(entry)) == entry


def test_a_missing_path_says_what_is_nearby(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").touch()
    with pytest.raises(SparkException) as caught:
        list_files(f"{tmp_path}/slaes.csv")
    assert caught.value.getCondition() == "PATH_NOT_FOUND"
    assert f"file:{tmp_path} holds 1 entries: sales.csv. Did you mean sales.csv?" in str(
        caught.value
    )


def test_every_missing_path_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(SparkException) as caught:
        list_files(f"{tmp_path}/x/y,{tmp_path}/z*")
    first, second = str(caught.value).splitlines()[:2]
    assert f"Input path does not exist: file:{tmp_path}/x/y" in first
    assert f"Input Pattern file:{tmp_path}/z* matches 0 files" in second


def test_recursion_when_asked(tmp_path: Path) -> None:
    for name in ("a", "d/b", "d/e/c", "d/_temporary/x", "_SUCCESS"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = names(list_files(str(tmp_path), subdirectories="recurse"), tmp_path)
    assert found == ["a", "d/b", "d/e/c"]


@pytest.mark.parametrize(
    ("path", "printed"),
    [
        ("/x/y", "file:/x/y"),
        ("file:/x//y/", "file:/x/y"),
        ("file:///x/../y", "file:/y"),
        ("/a b%20ü", "file:/a b%20ü"),
        ("memory://b//k/", "memory://b/k"),
        ("memory://b", "memory://b/"),
        ("memory:/b/k", "memory:///b/k"),
        ("http://host/x?a=[1]", "http://host/x?a=[1]"),
        ("/c:o", "file:/c:o"),
    ],
)
def test_paths_print_as_in_spark(path: str, printed: str) -> None:
    assert locate(path).path == printed


@pytest.mark.parametrize("path", ["/a/b", "memory://b/k/l", "memory:///b/k"])
def test_parent_and_child_are_inverse(path: str) -> None:
    where = locate(path)
    assert where.parent().child(where.name) == where
    root = where.parent().parent()
    assert root.parent() == root


def test_relative_paths_and_tilde_are_below_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate("rel.txt").path == f"file:{tmp_path}/rel.txt"
    assert locate("~/x").path == f"file:{tmp_path}/~/x"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("", "Can not create a Path from an empty string"),
        ("file://host/x", "Wrong FS: file://host/x, expected: file:///"),
        ("nofs://x/y", 'No FileSystem for scheme "nofs"'),
    ],
)
def test_malformed_paths(path: str, message: str) -> None:
    with pytest.raises(IllegalArgumentException, match=message):
        list_files(path)


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_package(url: str) -> Any:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.core.url_to_fs", no_package)
    with pytest.raises(ImportError, match=r"s3fs.*rayspark\[s3\]"):
        list_files("s3://bucket/key")


def test_a_directory_that_may_not_be_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(LocalFileSystem, "ls", refuse)
    with pytest.raises(SparkException, match=f"file:{tmp_path} may not be listed"):
        list_files(str(tmp_path))


def test_opening_a_file_that_vanished_or_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SparkException, match="existed when the job was planned") as caught:
        open_input(f"file:{tmp_path}/gone")
    assert caught.value.getCondition() == "FAILED_READ_FILE.FILE_NOT_EXIST"

    def refuse(*args: Any, **options: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(LocalFileSystem, "open", refuse)
    with pytest.raises(SparkException, match=f"file:{tmp_path}/gone may not be read"):
        open_input(f"file:{tmp_path}/gone")


def test_memory_file_system() -> None:
    fs = fsspec.filesystem("memory")
    fs.pipe({"/paths-test/d/b.txt": b"1", "/paths-test/d/a.txt": b"22", "/paths-test/_x": b""})
    found = [(f.path, f.size) for f in list_files("memory://paths-test/{d,e}/[ab].txt")]
    assert found == [("memory://paths-test/d/a.txt", 2), ("memory://paths-test/d/b.txt", 1)]
    with pytest.raises(SparkException, match="memory://paths-test/none"):
        list_files("memory://paths-test/none")


def test_a_file_system_that_cannot_be_reached_says_why_in_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def connect(path: str) -> Any:
        raise OSError("Unable to load libjvm\ndlopen(/usr/lib/a)\ndlopen(/usr/lib/b)")

    monkeypatch.setattr("fsspec.core.url_to_fs", connect)
    with pytest.raises(SparkException, match="hdfs://h:9000/x cannot be reached") as caught:
        list_files("hdfs://h:9000/x")
    assert "Unable to load libjvm" in str(caught.value)
    assert "dlopen" not in str(caught.value)


def test_what_a_client_raises_names_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoCredentialsError(Exception):
        pass

    def info(self: Any, path: str) -> Any:
        raise NoCredentialsError("Unable to locate credentials")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "info", info)
    with pytest.raises(SparkException, match=r"memory://a/b cannot be reached: Unable to locate"):
        list_files("memory://a/b")


def test_a_web_server_that_does_not_answer_is_no_missing_file() -> None:
    with socket.socket() as probe:  # bound and not listening: a connection is refused
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}/x.txt"
        with pytest.raises(SparkException, match=f"{url} cannot be reached: Cannot connect"):
            list_files(url)
