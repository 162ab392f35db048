"""Kernels of the functions that belong to no family."""

from __future__ import annotations

import base64
import getpass
import hashlib
import hmac
import re
import uuid as uuids
import zlib
from collections.abc import Callable
from typing import Any
from urllib.parse import quote_plus, unquote_plus, urlsplit

import pyarrow as pa

from rayspark.catalyst.expressions import Call, Expression, Literal
from rayspark.datatypes import BinaryType, DataType, NullType
from rayspark.execution.compile.types import duck_type
from rayspark.execution.kernels import hashing, randoms, similarity
from rayspark.execution.kernels.kernel import Exact, Failure, Kernel, Site, fail, quote
from rayspark.execution.kernels.texts import each

SPARK_VERSION = "4.3.0"
BITMAP_BITS = 32_768


def hash_kernel(how: hashing.Hash) -> Callable[[Site], str]:
    """``hash`` and ``xxhash64``; without arguments the seed itself."""

    def compiled(site: Site) -> str:
        kept = [
            (text, dt)
            for text, dt in zip(site.args, site.types, strict=True)
            if not isinstance(dt, NullType)
        ]
        if not kept:
            return "42"
        kinds = tuple(duck_type(dt) for _, dt in kept)
        return site.use(hashing.hash_function(how, kinds), *(text for text, _ in kept))

    return compiled


# -- checksums -----------------------------------------------------------------------------------

SHA2 = {0: hashlib.sha256, 224: hashlib.sha224, 256: hashlib.sha256, 384: hashlib.sha384,
        512: hashlib.sha512}  # fmt: skip


def _sha2(data: bytes, bits: int) -> str | None:
    made = SHA2.get(bits)
    return None if made is None else made(data).hexdigest()


SHA2_FUNCTION = each("spark_sha2", _sha2, ("BLOB", "INTEGER"), "VARCHAR", pa.string())
CRC32 = each("spark_crc32", zlib.crc32, ("BLOB",), "BIGINT", pa.int64())


def sha2(site: Site) -> str:
    """DuckDB knows 256 bits itself."""
    data, bits = site.args
    if site.literal(1) in (0, 256):
        return f"sha256({data})"
    return site.use(SHA2_FUNCTION, data, bits)


# -- the session ---------------------------------------------------------------------------------


def type_name(site: Site) -> str:
    """A constant: types are known."""
    dt: DataType = site.types[0]
    return quote(dt.simpleString())


def setting(key: str, default: str) -> Callable[[Site], str]:
    """A word of the session's settings."""
    return lambda site: quote(site.context.conf.get(key, default))


def user(_site: Site) -> str:
    """Who runs the process."""
    return quote(getpass.getuser())


def uuid(site: Site) -> str:
    """Without a seed DuckDB's own."""
    if not site.args:
        return "CAST(uuid() AS VARCHAR)"

    def draw(source: randoms.XorShift) -> str:
        high, low = (
            (source.next(32) << 32) | source.next(32),
            (source.next(32) << 32) | source.next(32),
        )
        return str(uuids.UUID(int=(high << 64) | low, version=4))

    return randoms.drawn(site, "spark_uuid", draw, randoms.seed_of(site, 0), pa.string(), "VARCHAR")


def outside(name: str) -> Callable[[Site], str]:
    """A value that the task supplies as a column or a constant, by its name in the settings."""
    return lambda site: site.context.conf.get(f"task.{name}", UNKNOWN[name])


UNKNOWN = {
    "spark_partition_id": "0",
    "monotonically_increasing_id": "(row_number() OVER () - 1)",
    "input_file_name": "''",
    "input_file_block_start": "-1",
    "input_file_block_length": "-1",
}
"""What they are in a query that is a single partition made of no file."""


# -- errors --------------------------------------------------------------------------------------


def assert_true(site: Site) -> str:
    """The error is one that the user raised."""
    message = quote(f"'{site.call.args[0].sql()}' is not true!")
    if len(site.args) > 1:
        message = site.args[1]
    error = fail("USER_RAISED_EXCEPTION", errorMessage=message)
    return f"CASE WHEN NOT coalesce({site.args[0]}, false) THEN {error} END"


def raise_error(site: Site) -> str:
    """Evaluated for each row that gets there. With parameters, constants, the first argument is a
    condition.
    """
    if len(site.args) == 2 and (parameters := _constant_map(site.call.args[1])) is not None:
        named = {str(k): quote(str(v)) for k, v in parameters.items()}
        error = fail(str(site.literal(0)), **named)
    else:
        error = fail("USER_RAISED_EXCEPTION", errorMessage=site.args[0])
    return f"CASE WHEN true THEN {error} END"


def _constant_map(e: Expression) -> dict[Any, Any] | None:
    if isinstance(e, Literal):
        return dict(e.value) if e.value is not None else None
    if not isinstance(e, Call) or not all(isinstance(a, Literal) for a in e.args):
        return None
    values = [a.value for a in e.args if isinstance(a, Literal)]
    return dict(zip(values[::2], values[1::2], strict=True))


# -- URLs ----------------------------------------------------------------------------------------


def decode_url(text: str) -> str:
    """Of ``%41`` and ``+``.

    Raises
    ------
    Failure
        CANNOT_DECODE_URL, where a percent sign is not followed by two digits.
    """
    if re.search("%(?![0-9a-fA-F]{2})", text):
        raise Failure("CANNOT_DECODE_URL", url=text)
    return unquote_plus(text, errors="replace")


def _or_null(one: Callable[..., Any]) -> Callable[..., Any]:
    def lenient(*values: Any) -> Any:
        try:
            return one(*values)
        except Failure:
            return None

    return lenient


_URI = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%\u0080-\U0010ffff]*")


def url_part(url: str, part: str, key: str | None = None) -> str | None:
    """A part of a URL by Java's rules.

    Raises
    ------
    Failure
        INVALID_URL, for what is no URL.
    """
    if not _URI.fullmatch(url) or re.search("%(?![0-9a-fA-F]{2})", url):
        raise Failure("INVALID_URL", url=url)
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:
        raise Failure("INVALID_URL", url=url) from None
    query = found.query if "?" in url.partition("#")[0] else None
    if key is not None:
        if part != "QUERY" or query is None:
            return None
        match = re.search(rf"(?:&|^){re.escape(key)}=([^&]*)", query)
        return match[1] if match else None
    host = found.netloc.rpartition("@")[2]
    host = host[: -len(f":{port}")] if port is not None else host
    userinfo = found.netloc.rpartition("@")[0] if "@" in found.netloc else None
    opaque = bool(found.scheme) and not found.netloc and not found.path.startswith("/")
    parts: dict[str, str | None] = {
        "HOST": host or None,
        "PATH": None if opaque else found.path,
        "QUERY": query,
        "REF": found.fragment if "#" in url else None,
        "PROTOCOL": found.scheme or None,
        "FILE": None if opaque else found.path + (f"?{query}" if query is not None else ""),
        "AUTHORITY": found.netloc or None,
        "USERINFO": userinfo,
    }
    return parts.get(part)


def parse_url(lenient: bool) -> Callable[[Site], str]:
    """``parse_url`` and ``try_parse_url``."""
    one = _or_null(url_part) if lenient else url_part
    functions = {
        n: each(
            f"spark_parse_url_{n}_{int(lenient)}", one, ("VARCHAR",) * n, "VARCHAR", pa.string()
        )
        for n in (2, 3)
    }
    return lambda site: site.use(functions[len(site.args)], *site.args)


URL_ENCODE = each(
    "spark_url_encode",
    lambda s: quote_plus(s, safe="*-._").replace("~", "%7E"),
    ("VARCHAR",),
    "VARCHAR",
    pa.string(),
)
URL_DECODE = each("spark_url_decode", decode_url, ("VARCHAR",), "VARCHAR", pa.string())
TRY_URL_DECODE = each(
    "spark_try_url_decode", _or_null(decode_url), ("VARCHAR",), "VARCHAR", pa.string()
)
BIT_COUNT = each(
    "spark_bitmap_count", lambda b: int.from_bytes(b, "big").bit_count(), ("BLOB",), "BIGINT",
    pa.int64(),
)  # fmt: skip


def _from_base32(text: str) -> bytes:
    kept = re.sub("[^A-Z2-7]", "", text.upper().partition("=")[0])
    bits = "".join(f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.index(c):05b}" for c in kept)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) // 8 * 8, 8))


def _hmac(key: bytes, message: bytes, algorithm: str) -> bytes:
    name = algorithm.lower().replace("-", "")
    if name not in ("sha224", "sha256", "sha384", "sha512", "sha1", "md5"):
        raise Failure(
            "INVALID_PARAMETER_VALUE.HMAC_ALGORITHM", functionName="`hmac`",
            parameter="`algorithm`", algorithm=f"'{algorithm}'",
        )  # fmt: skip
    return hmac.digest(key, message, name)


TO_BASE32 = each(
    "spark_to_base32", lambda b: base64.b32encode(b).decode(), ("BLOB",), "VARCHAR", pa.string()
)
FROM_BASE32 = each("spark_from_base32", _from_base32, ("VARCHAR",), "BLOB", pa.binary())
HMAC = each("spark_hmac", _hmac, ("BLOB", "BLOB", "VARCHAR"), "BLOB", pa.binary())


def _bytes(site: Site, name: str) -> str:
    assert isinstance(site.types[0], BinaryType)
    return f"{name}({site.args[0]})"


KERNELS: dict[str, Kernel] = {
    "hash": hash_kernel(hashing.MURMUR3),
    "xxhash64": hash_kernel(hashing.XXHASH64),
    "md5": lambda site: _bytes(site, "md5"),
    "sha1": lambda site: _bytes(site, "sha1"),
    "sha2": sha2,
    "crc32": lambda site: site.use(CRC32, site.args[0]),
    "uuid": uuid,
    "typeof": type_name,
    "version": lambda _site: quote(f"{SPARK_VERSION} {'0' * 40}"),
    "current_user": user,
    "current_catalog": setting("spark.sql.defaultCatalog", "spark_catalog"),
    "current_database": setting("current_database", "default"),
    **{name: outside(name) for name in UNKNOWN},
    "current_path": lambda site: quote(
        f"system.builtin,system.session,spark_catalog."
        f"{site.context.conf.get('current_database', 'default')}"
    ),
    **similarity.KERNELS,
    "to_base32": lambda site: site.use(TO_BASE32, site.args[0]),
    "from_base32": lambda site: site.use(FROM_BASE32, site.args[0]),
    "hmac": lambda site: site.use(HMAC, *site.args),
    "assert_true": Exact(assert_true),
    "raise_error": Exact(raise_error),
    "url_encode": lambda site: site.use(URL_ENCODE, site.args[0]),
    "url_decode": lambda site: site.use(URL_DECODE, site.args[0]),
    "try_url_decode": lambda site: site.use(TRY_URL_DECODE, site.args[0]),
    "parse_url": parse_url(False),
    "try_parse_url": parse_url(True),
    "bitmap_bit_position": lambda site: site.let(
        site.args[0],
        lambda x: (
            f"CASE WHEN {x} > 0 THEN ({x} - 1) % {BITMAP_BITS} ELSE -({x} % {BITMAP_BITS}) END"
        ),
    ),
    "bitmap_bucket_number": lambda site: site.let(
        site.args[0],
        lambda x: (
            f"CASE WHEN {x} > 0 THEN 1 + ({x} - 1) // {BITMAP_BITS} ELSE {x} // {BITMAP_BITS} END"
        ),
    ),
    "bitmap_count": lambda site: site.use(BIT_COUNT, site.args[0]),
}
