"""Ask real Spark how it lists, cuts, reads and writes files; store the answers as golden files.

    <python with pyspark 4.3 and Java> tools/harvest_files.py <python with rayspark> [name ...]

writes ``tests/golden/files/*.json``, all or those named. Each case holds what is needed to make its
input files again (names with sizes, or bytes in base64) and what Spark did with them, so the tests
need no Spark. ``written`` is what Spark reads from files that RaySpark wrote.
"""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path
from typing import Any

from pyspark import RDD, SparkConf, SparkContext

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "golden" / "files"
MIB = 1024 * 1024
HADOOP = "org.apache.hadoop.io.compress."
ZSTD = "io.airlift.compress.zstd.ZstdCodec"
"""The Zstandard codec among Spark's jars that needs no native Hadoop library."""
WRITE = """
import pathlib, sys
from rayspark.storage.files.codecs import CODECS
data = sys.stdin.buffer.read()
for codec in CODECS:
    with open(pathlib.Path(sys.argv[1]) / (codec.name + codec.extension), "wb") as raw:
        with codec.writer(raw) as out:
            out.write(data)
"""


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def packed(data: bytes) -> str:
    return b64(zlib.compress(data, 9))


def java_splits(rdd: RDD[Any], root: str) -> list[str]:
    """The splits of an RDD as Hadoop prints them, with the root directory left out."""
    found = []
    for part in rdd._jrdd.rdd().partitions():
        old = part.getClass().getSimpleName() == "HadoopPartition"
        split = part.inputSplit() if old else part.serializableHadoopSplit()
        text = split.value().toString()
        text = text.removeprefix("Paths:").partition(" Locations:")[0].rstrip()
        found.append(text.replace(f"file:{root}/", "").replace(f"{root}/", ""))
    return found


def first_line(error: Exception) -> str:
    java = getattr(error, "java_exception", None)
    return str(java.getMessage() if java is not None else error).splitlines()[0]


def make_sparse(directory: Path, sizes: dict[str, int]) -> None:
    directory.mkdir()
    for name, size in sizes.items():
        with (directory / name).open("wb") as file:
            file.truncate(size)


SIZES: list[dict[str, int]] = [
    {"a": 1},
    {"a": 10},
    {"a": 11},
    {"a": 21},
    {"a": 22},
    {"a": 25},
    {"a": 100},
    {"a": 32 * MIB},
    {"a": 33 * MIB},
    {"a": 36 * MIB},
    {"a": 100 * MIB + 7},
    {"a": 0},
    {"a": 0, "b": 5},
    {"a": 5, "b": 6, "c": 7},
    {"a": 1000, "b": 10, "c": 3},
    {"a.gz": 100, "b": 100},
    {"a.gz": 70 * MIB, "b": 40 * MIB},
    {"a.zst": 50, "b.lz4": 50, "c.deflate": 50, "d.snappy": 50, "e.gzip": 50},
    {"a": 200_000, "b": 300_000},
    {f"f{i:02d}": 7 * i for i in range(12)},
    {"a": 3 * MIB, "b": 9 * MIB, "c": 20 * MIB, "d": 1, "e": 140 * MIB},
]


def harvest_splits(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    cases = []
    for number, sizes in enumerate(SIZES):
        directory = root / f"sizes{number}"
        make_sparse(directory, sizes)
        path = f"{directory}/*"
        base = str(directory)
        cases += [
            {
                "sizes": sizes,
                "min": wish,
                "text": java_splits(sc.textFile(path, wish), base),
                "pickle": java_splits(sc.pickleFile(path, wish), base),
                "whole": java_splits(sc.wholeTextFiles(path, wish), base),
                "binary": java_splits(sc.binaryFiles(path, wish), base),
            }
            for wish in (1, 2, 3, 5, 8, 10, 40)
        ]
        cases += [
            {
                "sizes": sizes,
                "record": length,
                "records": java_splits(sc.binaryRecords(path, length), base),
            }
            for length in (1, 7, 1000, 40 * MIB)
        ]
    return cases


def contents() -> dict[str, bytes]:
    rng = random.Random(7)
    ends = [b"\n", b"\r\n", b"\r"]
    mixed = b"".join(b"x" * rng.randrange(6) + rng.choice(ends) for _ in range(40))
    alphabet = [bytes([b]) for b in (0x00, 0x41, 0x7F, 0x80, 0xA0, 0xBF, 0xC0, 0xC3, 0xE0, 0xE2)]
    alphabet += [bytes([b]) for b in (0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xF8, 0xFC, 0xFF)] + ends
    return {
        "ascii": b"one\ntwo\nthree\n",
        "no end": b"one\ntwo",
        "empty lines": b"\n\n\r\n\r\r\n\n",
        "only cr": b"a\rb\rc",
        "crlf": b"first\r\nsecond\r\nthird\r\n",
        "mixed": mixed,
        "unicode": "ä€😀\u2028\x0b\x0c\x1c\x85 z\nnext\n".encode(),
        "bom": b"\xef\xbb\xbfhi\n\xef\xbb\xbfyo\n",
        "bom alone": b"\xef\xbb\xbf",
        "surrogates": b"a\xed\xa0\x80b\n\xed\xa0\n\xed\xbf\xbf\xed\xa0c",
        "noise": b"".join(rng.choice(alphabet) for _ in range(3000)),
    }


def harvest_lines(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    cases = []
    for number, (name, data) in enumerate(contents().items()):
        path = root / f"text{number}"
        path.write_bytes(data)
        wishes = (1, 2, 3, 7) if len(data) < 1000 else (1, 4)
        cases += [
            {
                "name": name,
                "data": b64(data),
                "min": wish,
                "lines": sc.textFile(str(path), wish).glom().collect(),
                "bytes": [
                    [b64(line) for line in part]
                    for part in sc.textFile(str(path), wish, use_unicode=False).glom().collect()
                ],
                "whole": sc.wholeTextFiles(str(path)).values().first(),
            }
            for wish in wishes
        ]
    return cases


TREE = ["a.txt", "b.txt", "Z.txt", "_hid", ".dot", "sp ace.txt", "pc%20t.txt", "ünï.txt", "a,b.txt"]
TREE += ["br[ack].txt", "flat/x.txt", "flat/y.log", "flat/_skip", "deep/x.txt", "deep/sub/y.txt"]
TREE += ["h/a.txt", "h/_b", "h/.c", "_private/p.txt", "w*ld.txt"]
PATTERNS = """\
a.txt|nope.txt|nope*|_hid|.dot|h|h/*|h/_b|{a,b}.txt|[ab].txt|[^a].txt|[!a].txt|[a-c].txt|?.txt|*.txt
a.txt,b.txt|b.txt,a.txt|a.txt,a.txt|nope.txt,a.txt|nope.txt,nix*|flat|deep|deep/*|*/*.txt|*/x.*
sp ace.txt|pc%20t.txt|sp%20ace.txt|ünï.txt|br[ack].txt|br\\[ack\\].txt|w\\*ld.txt|{a\\,b}.txt
h//a.txt|h/../a.txt|./a.txt|a.txt/|{h,flat}/[ax].txt|{a.txt,h/a.txt}|{[ab],Z}.txt|{a,{b,Z}}.txt
[a|{a| a.txt|_private/*|_private/p.txt|_private|[a-|*.{txt,log}
flat/*.{log,txt}|h*|{flat,h}|**|a.txt/x"""


def harvest_globs(sc: SparkContext, root: Path) -> dict[str, Any]:
    directory = root / "tree"
    for name in TREE:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text("x\n")
    cases = []
    for pattern in PATTERNS.replace("\n", "|").split("|"):
        path = ",".join(f"{directory}/{part}" for part in pattern.split(","))
        if "{" in pattern:
            path = f"{directory}/{pattern}"
        case: dict[str, Any] = {"pattern": pattern, "path": path.replace(str(directory), "ROOT")}
        for key, read in (("text", sc.textFile), ("whole", sc.wholeTextFiles)):
            try:
                found = java_splits(read(path, 1), str(directory))
                case[key] = (
                    found
                    if key == "text"
                    else sorted(
                        name.rpartition("/tree/")[2] for name in read(path).keys().collect()
                    )
                )
            except Exception as error:  # noqa: BLE001 - every answer of Spark is an answer
                case[f"{key}_error"] = first_line(error).replace(str(directory), "ROOT")
        cases.append(case)
    return {"tree": TREE, "cases": cases}


def harvest_save(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    cases = []
    rows = ["a", "ä", 3, None, b"xy", (1, "b"), "two\nlines", ""] + ["long" * 50_000] * 2
    codecs = [
        "",
        "GzipCodec",
        "BZip2Codec",
        "DefaultCodec",
        "DeflateCodec",
        "Lz4Codec",
        "SnappyCodec",
    ]
    for codec in codecs:
        out = root / f"save{codec}"
        sc.parallelize(rows, 3).saveAsTextFile(str(out), HADOOP + codec if codec else None)
        parts = sorted(out.glob("part-*"))
        cases.append(
            {
                "codec": HADOOP + codec if codec else None,
                "listing": sorted(p.name for p in out.iterdir() if not p.name.endswith(".crc")),
                "parts": [packed(part.read_bytes()) for part in parts],
                "lines": [
                    packed("\n".join(sc.textFile(str(part), 1).collect()).encode())
                    for part in parts
                ],
            }
        )
    empty = root / "save_empty"
    sc.emptyRDD().saveAsTextFile(str(empty))
    cases.append({"codec": None, "listing": ["_SUCCESS"], "parts": [], "lines": []})
    assert [n for n in sorted(p.name for p in empty.iterdir()) if not n.endswith(".crc")] == [
        "_SUCCESS"
    ]
    return cases


def harvest_written(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    lines = ["a", "ä", "", "two words", *["long" * 50_000] * 3, "the end"]
    directory = root / "written"
    directory.mkdir()
    command = [sys.argv[1], "-c", WRITE, str(directory)]
    data = "".join(line + "\n" for line in lines).encode()
    subprocess.run(command, input=data, check=True, cwd=GOLDEN.parents[2])
    return [
        {
            "name": file.name,
            "written": packed("\n".join(lines).encode()),
            "part": packed(file.read_bytes()),
            "read": packed("\n".join(sc.textFile(str(file), 1).collect()).encode()),
        }
        for file in sorted(directory.iterdir())
    ]


def harvest_zstd(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    lines = ["a", "ä", "", "two words", *["long" * 50_000] * 3, "the end"]
    out = root / "zstd"
    sc.parallelize(lines, 2).saveAsTextFile(str(out), ZSTD)
    parts = [part.read_bytes() for part in sorted(out.glob("part-*"))]
    assert all(p.suffix == ".zst" for p in out.glob("part-*"))
    return [{"parts": [packed(part) for part in parts], "lines": packed("\n".join(lines).encode())}]


def harvest_pickles(sc: SparkContext, root: Path) -> list[dict[str, Any]]:
    cases = []
    for count, batch in ((0, 10), (1, 10), (35, 10), (250, 3), (400, 0), (30_000, 0)):
        out = root / f"pickle{count}_{batch}"
        sc.parallelize(range(count), 1).saveAsPickleFile(str(out), batch)
        cases.append(
            {"count": count, "batch": batch, "part": b64((out / "part-00000").read_bytes())}
        )
    return cases


def main() -> None:
    conf = SparkConf().setMaster("local[2]").set("spark.ui.enabled", "false")
    conf.set("spark.hadoop.io.compression.codecs", ZSTD)
    sc = SparkContext(conf=conf.set("spark.driver.host", "127.0.0.1"))
    sc.setLogLevel("OFF")
    GOLDEN.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for key, harvest in (
            ("splits", harvest_splits),
            ("lines", harvest_lines),
            ("globs", harvest_globs),
            ("save", harvest_save),
            ("pickles", harvest_pickles),
            ("written", harvest_written),
            ("zstd", harvest_zstd),
        ):
            if sys.argv[2:] and key not in sys.argv[2:]:
                continue
            text = json.dumps(harvest(sc, root), ensure_ascii=True, indent=None)
            (GOLDEN / f"{key}.json").write_text(text + "\n")
            print(f"{key}: {len(text)} bytes")
    sc.stop()


if __name__ == "__main__":
    main()
