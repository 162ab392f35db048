"""Buckets in CREATE TABLE: ``CLUSTERED BY (a) SORTED BY (b) INTO 4 BUCKETS``, and as a transform in
``PARTITIONED BY (b, bucket(4, a))``.
"""

from __future__ import annotations

from sqlglot.tokenizer_core import TokenType

from rayspark.catalyst.logical.command import BucketSpec
from rayspark.catalyst.parser.dialect import QueryReader
from rayspark.errors import UnsupportedOperationException

MOST_BUCKETS = 100_000
"""What the error says that is allowed; the setting is looked at when the table is made."""


def bucket_spec(reader: QueryReader) -> BucketSpec:
    """What follows ``CLUSTERED BY``."""
    columns = tuple(reader.in_parentheses(lambda: reader.list_of(reader.name)))
    order: tuple[str, ...] = ()
    if reader.accept_words("SORTED", "BY"):
        order = tuple(reader.in_parentheses(lambda: reader.list_of(lambda: _sorted(reader))))
    reader.expect_words("INTO")
    count = _count(reader)
    reader.expect_words("BUCKETS")
    return BucketSpec(count, columns, order)


def _sorted(reader: QueryReader) -> str:
    name = reader.name()
    if reader.accept(TokenType.DESC):
        raise reader.error_here(
            "_LEGACY_ERROR_TEMP_0035",
            message=f"Column ordering must be ASC, was '{reader._prev.text}'",
        )
    reader.accept(TokenType.ASC)
    return name


def _count(reader: QueryReader) -> int:
    token = reader._curr
    if not token or not token.text.isdigit():
        raise reader.error()
    reader._advance()
    if int(token.text) == 0:
        raise reader.error_here(
            "INVALID_BUCKET_COUNT", bucketingMaxBuckets=str(MOST_BUCKETS), numBuckets="0"
        )
    return int(token.text)


def bucket_transform(reader: QueryReader) -> BucketSpec:
    """``bucket(4, a, b)`` among the partition columns.

    Raises
    ------
    UnsupportedOperationException
        For another transform.
    """
    start = reader._curr.start
    name = reader.name()
    if name.lower() != "bucket":
        while not reader.accept(TokenType.R_PAREN):
            reader._advance()
        written = reader.sql[start : reader._prev.end + 1]
        raise UnsupportedOperationException(
            errorClass="UNSUPPORTED_PARTITION_TRANSFORM",
            messageParameters={"transform": f"`{written}`"},
        )
    reader.expect(TokenType.L_PAREN)
    count = _count(reader)
    reader.expect(TokenType.COMMA)
    columns = tuple(reader.list_of(reader.name))
    reader.expect(TokenType.R_PAREN)
    return BucketSpec(count, columns)
