from __future__ import annotations

import bz2
import gzip
import io
import pickle
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lz4.frame
import pytest
import zstandard

from rayspark.errors import IllegalArgumentException, SparkException
from rayspark.storage.files.codecs import BLOCK, CODECS, Codec, codec_of, find_codec
from tests.storage.files.support import golden, unpacked

rng = random.Random(3)
TEXT = b"".join(b"%d some words of text\n" % rng.randrange(10**6) for _ in range(30_000))
SAMPLES = {"empty": b"", "short": b"hi\n", "text": TEXT, "noise": rng.randbytes(700_000)}
SAVED = golden("save")


def compress(codec: Codec, data: bytes) -> bytes:
    raw = io.BytesIO()
    with codec.writer(raw) as out:
        for at in range(0, len(data), 100_001):
            out.write(data[at : at + 100_001])
    return raw.getvalue()


def decompress(codec: Codec, data: bytes, path: str = "file:/x") -> bytes:
    return b"".join(codec.blocks(io.BytesIO(data), path))


@pytest.mark.parametrize("codec", CODECS, ids=lambda c: c.name)
@pytest.mark.parametrize("sample", SAMPLES)
def test_what_is_written_is_read(codec: Codec, sample: str) -> None:
    packed = compress(codec, SAMPLES[sample])
    assert decompress(codec, packed) == SAMPLES[sample]
    assert compress(codec, SAMPLES[sample]) == packed


@pytest.mark.parametrize("case", [c for c in SAVED if c["codec"]], ids=lambda c: c["codec"])
def test_files_of_spark_are_read_and_named_alike(case: Any) -> None:
    codec = find_codec(case["codec"])
    parts = [name for name in case["listing"] if name != "_SUCCESS"]
    assert parts == [f"part-{i:05d}{codec.extension}" for i in range(len(parts))]
    assert all(codec_of(part) is codec for part in parts)
    for part, lines in zip(case["parts"], case["lines"], strict=True):
        assert decompress(codec, unpacked(part)) == unpacked(lines) + b"\n"


@pytest.mark.parametrize("case", golden("written"), ids=lambda c: c["name"])
def test_spark_has_read_what_is_written_here(case: Any) -> None:
    codec, written = codec_of(case["name"]), unpacked(case["written"])
    assert unpacked(case["read"]) == written
    # Newer compression libraries may write other bytes, but not in another format.
    part, now = unpacked(case["part"]), compress(codec, written + b"\n")
    assert decompress(codec, part) == decompress(codec, now) == written + b"\n"
    assert now[:4] == part[:4]


def test_zstandard_files_of_spark_are_read() -> None:
    (case,) = golden("zstd")
    parts = [decompress(find_codec("zstd"), unpacked(part)) for part in case["parts"]]
    assert b"".join(parts) == unpacked(case["lines"]) + b"\n"


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("gzip", gzip.compress),
        ("bzip2", bz2.compress),
        ("zstd", zstandard.compress),
        ("lz4", lz4.frame.compress),
        ("deflate", zlib.compress),
    ],
)
def test_concatenated_files_of_the_usual_tools(name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(b"one\n") + pack(b"two\n")
    assert decompress(find_codec(name), packed) == b"one\ntwo\n"


@pytest.mark.parametrize("codec", CODECS, ids=lambda c: c.name)
@pytest.mark.parametrize("keep", [0.3, 0.999])
def test_a_truncated_file_is_named(codec: Codec, keep: float) -> None:
    packed = compress(codec, TEXT)
    with pytest.raises(SparkException, match=rf"Corrupt {codec.name} file file:/x near byte \d+"):
        decompress(codec, packed[: int(len(packed) * keep)])


def test_a_truncated_lz4_frame_is_named() -> None:
    with pytest.raises(SparkException, match="Corrupt lz4 file file:/x"):
        decompress(find_codec("lz4"), lz4.frame.compress(TEXT)[:-20])


@pytest.mark.parametrize("codec", CODECS, ids=lambda c: c.name)
def test_a_file_of_another_kind_is_named(codec: Codec) -> None:
    with pytest.raises(SparkException, match=f"Corrupt {codec.name} file file:/x"):
        decompress(codec, b"this is plain text and nothing else\n")


def test_damaged_gzip() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    with pytest.raises(SparkException, match="incorrect data check"):
        decompress(find_codec("gzip"), bytes(packed))
    with pytest.raises(SparkException, match="Corrupt gzip file"):
        decompress(find_codec("gzip"), gzip.compress(TEXT) + b"\0\0\0")


def test_snappys_own_framing_is_refused_with_a_word() -> None:
    with pytest.raises(SparkException, match="snappy's own framing"):
        decompress(find_codec("snappy"), b"\xff\x06\x00\x00sNaPpY\x00")


def test_a_file_that_unpacks_to_much_more_comes_in_bounded_blocks() -> None:
    packed = gzip.compress(bytes(40 * BLOCK))
    sizes = [len(b) for b in find_codec("gzip").blocks(io.BytesIO(packed), "x")]
    assert sum(sizes) == 40 * BLOCK
    assert max(sizes) <= BLOCK


def test_names_and_extensions() -> None:
    assert codec_of("file:/a/B.GZ") is find_codec("gzip")
    assert codec_of("file:/a/b.gzip") is None
    assert find_codec("org.apache.hadoop.io.compress.ZStandardCodec").extension == ".zst"
    assert pickle.loads(pickle.dumps(find_codec("lz4"))) is find_codec("lz4")


@pytest.mark.parametrize("name", ["org.apache.hadoop.io.compress.NoSuch", "GZIP", ""])
def test_an_unknown_codec_lists_what_exists(name: str) -> None:
    with pytest.raises(IllegalArgumentException) as caught:
        find_codec(name)
    assert "org.apache.hadoop.io.compress.BZip2Codec (bzip2)" in str(caught.value)


def test_gzip_files_are_readable_by_the_standard_tool(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(compress(find_codec("gzip"), TEXT))
    with gzip.open(path) as file:
        assert file.read() == TEXT
