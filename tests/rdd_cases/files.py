"""Text, binary and pickle files: splits, line ends, codecs, what is written and what is refused."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

from tests.rdd_cases import Family

case = Family("files")

TEN = "".join(f"line{i}\n" for i in range(10))


def write(tmp: str, name: str, data: str | bytes) -> str:
    path = Path(tmp) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def names(folder: str) -> list[str]:
    return sorted(p.name for p in Path(folder).iterdir() if not p.name.endswith(".crc"))


def text(folder: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(Path(folder).glob("part-*"))}


def some(tmp: str) -> str:
    write(tmp, "d/1.txt", "one\n1\n")
    write(tmp, "d/2.txt", "two")
    write(tmp, "d/_hidden", "h")
    write(tmp, "d/.dot", "h")
    return f"{tmp}/d"


for n in (None, 1, 2, 3, 4, 7, 20):
    case(
        f"text_splits_{n}",
        lambda ps, sc, tmp, n=n: sc.textFile(write(tmp, "a.txt", TEN), n).glom().collect(),
    )
    case(
        f"text_ragged_splits_{n}",
        lambda ps, sc, tmp, n=n: (
            sc.textFile(write(tmp, "a.txt", "\n".join("x" * (i * i % 23) for i in range(30))), n)
            .glom()
            .collect()
        ),
    )
    case(
        f"text_crlf_splits_{n}",
        lambda ps, sc, tmp, n=n: (
            sc.textFile(write(tmp, "a.txt", TEN.replace("\n", "\r\n")), n).glom().collect()
        ),
    )
case(
    "text_line_ends",
    lambda ps, sc, tmp: sc.textFile(write(tmp, "a.txt", "a\r\nb\rc\n\nd\r\r\ne"), 1).collect(),
)
case(
    "text_no_newline_at_end",
    lambda ps, sc, tmp: sc.textFile(write(tmp, "a", "one line"), 3).glom().collect(),
)
case(
    "text_empty_file",
    lambda ps, sc, tmp: (lambda r: (r.getNumPartitions(), r.collect()))(
        sc.textFile(write(tmp, "a", ""))
    ),
)
case("text_only_newlines", lambda ps, sc, tmp: sc.textFile(write(tmp, "a", "\n\n\n"), 1).collect())
case(
    "text_unicode",
    lambda ps, sc, tmp: sc.textFile(
        write(tmp, "a", "é\n日本語\n😀\n\u2028x\x0by\x85z\n")
    ).collect(),
)
case("text_bytes", lambda ps, sc, tmp: sc.textFile(write(tmp, "a", "é\nb"), 1, False).collect())
case(
    "text_bad_utf8",
    lambda ps, sc, tmp: sc.textFile(write(tmp, "a", b"ok\n\xff\xfe\n"), 1).collect(),
)
case(
    "text_bom", lambda ps, sc, tmp: sc.textFile(write(tmp, "a", b"\xef\xbb\xbfx\ny\n"), 1).collect()
)
case(
    "text_long_line",
    lambda ps, sc, tmp: (
        sc.textFile(write(tmp, "a", "x" * 300_000 + "\ny\n"), 5).map(len).glom().collect()
    ),
)
case(
    "text_two_files",
    lambda ps, sc, tmp: (
        sc.textFile(write(tmp, "a", TEN) + "," + write(tmp, "b", "bbb")).glom().collect()
    ),
)
case("text_directory", lambda ps, sc, tmp: sorted(sc.textFile(some(tmp)).collect()))
case("text_glob", lambda ps, sc, tmp: sorted(sc.textFile(some(tmp) + "/*.txt").collect()))
case(
    "text_glob_braces", lambda ps, sc, tmp: sorted(sc.textFile(some(tmp) + "/{1,2}.txt").collect())
)
case("text_glob_class", lambda ps, sc, tmp: sorted(sc.textFile(some(tmp) + "/[1-1].txt").collect()))
case("text_glob_question", lambda ps, sc, tmp: sorted(sc.textFile(some(tmp) + "/?.txt").collect()))
case(
    "text_glob_of_folders",
    lambda ps, sc, tmp: (some(tmp), sorted(sc.textFile(tmp + "/*").collect()))[1],
)
case(
    "text_file_scheme",
    lambda ps, sc, tmp: sc.textFile("file://" + write(tmp, "a", "x\n")).collect(),
)
case(
    "text_gz",
    lambda ps, sc, tmp: (
        sc.textFile(write(tmp, "a.gz", gzip.compress(TEN.encode())), 4).glom().collect()
    ),
)
case(
    "text_bz2",
    lambda ps, sc, tmp: sc.textFile(write(tmp, "a.bz2", bz2.compress(TEN.encode()))).collect(),
)
case("text_corrupt_gz", lambda ps, sc, tmp: sc.textFile(write(tmp, "a.gz", b"not gzip")).collect())
case("text_missing", lambda ps, sc, tmp: sc.textFile(f"{tmp}/none").collect())
case("text_missing_is_lazy", lambda ps, sc, tmp: sc.textFile(f"{tmp}/none").map(len).name())
case("text_missing_partitions", lambda ps, sc, tmp: sc.textFile(f"{tmp}/none").getNumPartitions())
case("text_missing_glob", lambda ps, sc, tmp: sc.textFile(f"{tmp}/none*").collect())
case(
    "text_nested_directory",
    lambda ps, sc, tmp: (some(tmp), write(tmp, "d/sub/3", "x"), sc.textFile(f"{tmp}/d").collect()),
)
case(
    "text_wordcount",
    lambda ps, sc, tmp: sorted(
        sc.textFile(write(tmp, "a", "to be or\nnot to be\n"))
        .flatMap(str.split)
        .map(lambda w: (w, 1))
        .reduceByKey(lambda a, b: a + b)
        .collect()
    ),
)
case("whole_text", lambda ps, sc, tmp: sorted(sc.wholeTextFiles(some(tmp)).collect()))
case("whole_text_glob", lambda ps, sc, tmp: sorted(sc.wholeTextFiles(some(tmp) + "/1*").collect()))
case(
    "whole_text_bytes",
    lambda ps, sc, tmp: sorted(sc.wholeTextFiles(some(tmp), None, False).collect()),
)
case("whole_text_missing", lambda ps, sc, tmp: sc.wholeTextFiles(f"{tmp}/none").collect())
case(
    "whole_text_packs",
    lambda ps, sc, tmp: (
        [write(tmp, f"d/{i}", "x") for i in range(20)]
        and (lambda r: (r.count(), r.getNumPartitions() <= 20))(sc.wholeTextFiles(f"{tmp}/d", 4))
    ),
)
case("binary_files", lambda ps, sc, tmp: sorted(sc.binaryFiles(some(tmp)).collect()))
case(
    "binary_records",
    lambda ps, sc, tmp: sc.binaryRecords(write(tmp, "r", bytes(range(12))), 4).collect(),
)
case(
    "binary_records_rest",
    lambda ps, sc, tmp: sc.binaryRecords(write(tmp, "r", bytes(range(12))), 5).collect(),
)
case(
    "binary_records_zero",
    lambda ps, sc, tmp: sc.binaryRecords(write(tmp, "r", bytes(range(12))), 0).collect(),
)
case(
    "pickle",
    lambda ps, sc, tmp: (
        sc.parallelize([1, "a", (2,), None, {"k": [1.5]}], 2).saveAsPickleFile(f"{tmp}/p"),
        names(f"{tmp}/p"),
        sorted(sc.pickleFile(f"{tmp}/p").collect(), key=str),
    ),
)
for batch in (0, 1, 3):
    case(
        f"pickle_batch_{batch}",
        lambda ps, sc, tmp, batch=batch: (
            sc.range(20, numSlices=3).saveAsPickleFile(f"{tmp}/p", batch),
            sorted(sc.pickleFile(f"{tmp}/p", 5).collect()),
        ),
    )
case(
    "pickle_empty",
    lambda ps, sc, tmp: (
        sc.parallelize([], 2).saveAsPickleFile(f"{tmp}/p"),
        sc.pickleFile(f"{tmp}/p").collect(),
    ),
)
case("pickle_missing", lambda ps, sc, tmp: sc.pickleFile(f"{tmp}/p").collect())
case(
    "pickle_exists",
    lambda ps, sc, tmp: (
        sc.range(2).saveAsPickleFile(f"{tmp}/p"),
        sc.range(2).saveAsPickleFile(f"{tmp}/p"),
    ),
)
case(
    "save_text",
    lambda ps, sc, tmp: (
        sc.parallelize([1, "a", None, b"x", (2, "b"), "é", 1.5, [1], True], 2).saveAsTextFile(
            f"{tmp}/t"
        ),
        names(f"{tmp}/t"),
        text(f"{tmp}/t"),
    ),
)
case(
    "save_text_newline_inside",
    lambda ps, sc, tmp: (
        sc.parallelize(["a\nb"], 1).saveAsTextFile(f"{tmp}/t"),
        sc.textFile(f"{tmp}/t").collect(),
    ),
)
case(
    "save_text_empty_partitions",
    lambda ps, sc, tmp: (sc.range(2, numSlices=4).saveAsTextFile(f"{tmp}/t"), text(f"{tmp}/t")),
)
case(
    "save_text_empty",
    lambda ps, sc, tmp: (
        sc.emptyRDD().saveAsTextFile(f"{tmp}/t"),
        names(f"{tmp}/t"),
        sc.textFile(f"{tmp}/t").collect(),
    ),
)
case(
    "save_text_exists",
    lambda ps, sc, tmp: (Path(tmp, "t").mkdir(), sc.range(2).saveAsTextFile(f"{tmp}/t")),
)
case(
    "save_text_deep_path",
    lambda ps, sc, tmp: (sc.range(2).saveAsTextFile(f"{tmp}/x/y/z"), names(f"{tmp}/x/y/z")),
)
case(
    "save_text_scheme",
    lambda ps, sc, tmp: (sc.range(2).saveAsTextFile(f"file://{tmp}/t"), names(f"{tmp}/t")),
)
case(
    "save_text_many_partitions",
    lambda ps, sc, tmp: (sc.range(12, numSlices=12).saveAsTextFile(f"{tmp}/t"), names(f"{tmp}/t")),
)


def failing_save(sc: Any, tmp: str) -> list[str]:
    try:
        sc.parallelize([1, 0], 2).map(lambda x: 1 / x).saveAsTextFile(f"{tmp}/t")
    except Exception:
        return [p.name for p in Path(tmp).glob("t/part-*")]
    raise AssertionError("the job did not fail")


case("save_text_failing_shows_nothing", lambda ps, sc, tmp: failing_save(sc, tmp))
for codec in ("GzipCodec", "BZip2Codec", "DeflateCodec", "DefaultCodec", "Lz4Codec"):
    case(
        f"save_text_{codec}",
        lambda ps, sc, tmp, codec=codec: (
            sc.parallelize(["a", "b"], 2).saveAsTextFile(
                f"{tmp}/t", f"org.apache.hadoop.io.compress.{codec}"
            ),
            names(f"{tmp}/t"),
            sorted(sc.textFile(f"{tmp}/t").collect()),
        ),
    )
case(
    "save_text_gzip_is_gzip",
    lambda ps, sc, tmp: (
        sc.parallelize(["a", "b"], 1).saveAsTextFile(
            f"{tmp}/t", "org.apache.hadoop.io.compress.GzipCodec"
        ),
        gzip.decompress(Path(f"{tmp}/t/part-00000.gz").read_bytes()),
    ),
)
case(
    "save_text_unknown_codec",
    lambda ps, sc, tmp: sc.range(1).saveAsTextFile(f"{tmp}/t", "no.such.Codec"),
)
