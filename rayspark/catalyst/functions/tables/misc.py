"""Rows of the functions that belong to no family: hashes, ids, session, URLs, bitmaps, errors."""

from __future__ import annotations

from rayspark.catalyst.functions.results import always, never
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    DataType,
    DoubleType,
    FloatType,
    IntegerType,
    LongType,
    NullType,
    StringType,
)

TEXT, INT, LONG, BYTES = StringType(), IntegerType(), LongType(), BinaryType()
DOUBLE = DoubleType()


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str, nulls: NullRule = if_any,
    aliases: tuple[str, ...] = (), contextual: bool = False,
    deterministic: bool = True, refused: str | None = None,
) -> Fn:  # fmt: skip
    return Fn(name, args, result, nulls, aliases=aliases, doc=doc, examples=examples,
              contextual=contextual, deterministic=deterministic, refused=refused)  # fmt: skip


def _session(name: str, doc: str, *aliases: str) -> Fn:
    return _fn(name, "", TEXT, doc, nulls=never, aliases=aliases, contextual=True)


def _error_type(_args: Args) -> DataType:
    return NullType()


AES = "expr: binary, key: binary, mode: string = 'GCM', padding: string = 'DEFAULT'"

ROWS: tuple[Fn, ...] = (
    _fn("hash", "expr: any, *exprs: any", INT, "A hash of values, Murmur3's.",
        "hash('Spark', array(123), 2)",
        "hash(null)", nulls=never),
    _fn("xxhash64", "expr: any, *exprs: any", LONG, "A hash of values of 64 bits.",
        "xxhash64('Spark', array(123), 2)", nulls=never),
    _fn("md5", "expr: binary", TEXT, "The MD5 checksum in base 16.", "md5('Spark')"),
    _fn("sha1", "expr: binary", TEXT, "The SHA-1 checksum in base 16.", "sha1('Spark')",
        aliases=("sha",)),
    _fn("sha2", "expr: binary, bitLength: int", TEXT,
        "A checksum of the SHA-2 family (224, 256, 384, 512 bits; 0 is 256).", "sha2('Spark', 256)",
        "sha2('Spark', 1)", nulls=always),
    _fn("crc32", "expr: binary", LONG, "A cyclic redundancy checksum.", "crc32('Spark')"),
    _fn("aes_encrypt", AES + ", iv: binary = '', aad: binary = ''", BYTES, "Bytes, encrypted.",
        refused="encryption needs a library that RaySpark does not bring along; use a Python UDF"),
    _fn("aes_decrypt", AES + ", aad: binary = ''", BYTES, "Bytes, decrypted.",
        refused="encryption needs a library that RaySpark does not bring along; use a Python UDF"),
    _fn("try_aes_decrypt", AES + ", aad: binary = ''", BYTES, "Bytes, decrypted, or null.",
        refused="encryption needs a library that RaySpark does not bring along; use a Python UDF"),
    _fn("uuid", "seed?: just long|int!", TEXT, "A random UUID.", "length(uuid())", nulls=never,
        deterministic=False),
    _fn("typeof", "expr: any", TEXT, "The name of a value's type.", "typeof(1)",
        "typeof(array(1))", nulls=never),
    _session("version", "Spark's version whose functions these are."),
    _session("current_user", "Who runs the session.", "user", "session_user"),
    _session("current_catalog", "The catalog in use."),
    _session("current_database", "The database in use.", "current_schema"),
    _fn("spark_partition_id", "", INT, "The number of the partition that holds the row.",
        nulls=never, contextual=True, deterministic=False),
    _fn("monotonically_increasing_id", "", LONG,
        "Numbers that grow from row to row; no two rows have the same.", nulls=never,
        contextual=True, deterministic=False),
    _fn("input_file_name", "", TEXT, "The file that the row was read from, or ''.", nulls=never,
        contextual=True, deterministic=False),
    _fn("input_file_block_start", "", LONG, "Where the block that holds the row begins, or -1.",
        nulls=never, contextual=True, deterministic=False),
    _fn("input_file_block_length", "", LONG, "How long the block that holds the row is, or -1.",
        nulls=never, contextual=True, deterministic=False),
    _fn("assert_true", "expr: boolean, message?: string", NullType(),
        "Null if it is true, else an error.", "assert_true(0 < 1)", nulls=always),
    _fn("raise_error", "errorClass: string, parms?: map", _error_type, "An error, always.",
        nulls=always),
    _fn("url_encode", "str: string", TEXT, "A text in the form that URLs have.",
        "url_encode('https://spark.apache.org/a b')"),
    _fn("url_decode", "str: string", TEXT, "The text that a part of a URL stands for.",
        "url_decode('https%3A%2F%2Fspark.apache.org')"),
    _fn("try_url_decode", "str: string", TEXT, "The same, null where it is malformed.",
        "try_url_decode('http%3A%2F%2spark')", nulls=always),
    _fn("parse_url", "url: just string, part: just string, key?: just string", TEXT,
        "A part of a URL: HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY, USERINFO.",
        "parse_url('http://spark.apache.org/path?query=1', 'HOST')",
        "parse_url('http://spark.apache.org/path?query=1', 'QUERY', 'query')", nulls=always),
    _fn("try_parse_url", "url: just string, part: just string, key?: just string", TEXT,
        "The same, null for what is no URL.", "try_parse_url('inva lid://spark', 'QUERY')",
        nulls=always),
    _session("current_path", "Where names of functions and tables are looked up."),
    _fn("to_base32", "bin: binary", TEXT, "Bytes in base 32.", "to_base32('foobar')"),
    _fn("from_base32", "str: string", BYTES, "Bytes from base 32.",
        "from_base32('MZXW6YTBOI======')"),
    _fn("hmac", "key: binary, message: binary, algorithm: string = 'SHA-256'", BYTES,
        "The code that proves that a message comes from who has the key.",
        "hex(hmac('key', 'message'))"),
    _fn("jaro_winkler_similarity", "str1: string, str2: string", DOUBLE,
        "How alike two texts are, from 0 to 1.", "jaro_winkler_similarity('MARTHA', 'MARHTA')"),
    *(
        _fn(f"vector_{name}", "vector1: array<float>, vector2: array<float>", FloatType(), doc,
            f"vector_{name}(array(1F, 2F), array(3F, 4F))", nulls=always)
        for name, doc in (
            ("cosine_similarity", "The cosine of the angle between two vectors."),
            ("inner_product", "The inner product of two vectors."),
            ("l2_distance", "The distance between two points."),
        )
    ),
    _fn("vector_norm", "vector: array<float>, degree: float! = 2.0", FloatType(),
        "The length of a vector.", "vector_norm(array(3F, 4F))", nulls=always),
    _fn("vector_normalize", "vector: array<float>, degree: float! = 2.0", ArrayType(FloatType()),
        "The vector with length 1.", "vector_normalize(array(3F, 4F))", nulls=always),
    _fn("bitmap_bit_position", "expr: long", LONG, "A number's bit in its bitmap.",
        "bitmap_bit_position(123)"),
    _fn("bitmap_bucket_number", "expr: long", LONG, "The number of a number's bitmap.",
        "bitmap_bucket_number(123)"),
    _fn("bitmap_count", "expr: just binary", LONG, "How many bits of a bitmap are set.",
        "bitmap_count(X'1010')"),
)  # fmt: skip
