"""Rows of the functions of text."""

from __future__ import annotations

from rayspark.catalyst.functions.results import always, never
from rayspark.catalyst.functions.row import Args, Fn, NullRule, TypeRule, if_any
from rayspark.datatypes import (
    ArrayType,
    BinaryType,
    BooleanType,
    DataType,
    DecimalType,
    IntegerType,
    StringType,
)
from rayspark.datatypes.coercion import find_wider_of

TEXT, INT, BOOLEAN, BYTES = StringType(), IntegerType(), BooleanType(), BinaryType()


def _fn(
    name: str, args: str, result: TypeRule, doc: str, *examples: str, nulls: NullRule = if_any,
    aliases: tuple[str, ...] = (), deterministic: bool = True,
    refused: str | None = None, contextual: bool = False,
) -> Fn:  # fmt: skip
    return Fn(
        name,
        args,
        result,
        nulls,
        aliases=aliases,
        doc=doc,
        examples=examples,
        group="string",
        deterministic=deterministic,
        refused=refused,
        contextual=contextual,
    )


def text_or_bytes(args: Args) -> DataType:
    """Binary if the first argument is, else text."""
    return args[0].dtype if isinstance(args[0].dtype, BinaryType) else TEXT


def _concat(args: Args) -> DataType:
    if not args:
        return TEXT
    if any(isinstance(a.dtype, ArrayType) for a in args):
        return find_wider_of([a.dtype for a in args], True) or args[0].dtype
    return BYTES if all(isinstance(a.dtype, BinaryType) for a in args) else TEXT


def _elt(args: Args) -> DataType:
    binary = all(isinstance(a.dtype, BinaryType) for a in args[1:])
    return BYTES if binary else TEXT


def _decode(args: Args) -> DataType:
    if len(args) == 2:
        return TEXT
    values = [*args[2::2], *([args[-1]] if len(args) % 2 == 0 else [])]
    return find_wider_of([a.dtype for a in values], True) or values[0].dtype


def number_format(args: Args) -> DataType:
    """The decimal that a format of digits stands for: ``999.99``."""
    text = str(getattr(args[1], "value", "") or "").upper()
    digits = [c for c in text if c in "09.DG,"]
    whole, _, fraction = "".join("." if c in ".D" else c for c in digits).partition(".")
    count = sum(c in "09" for c in whole), sum(c in "09" for c in fraction)
    return DecimalType(max(sum(count), 1), count[1])


ROWS: tuple[Fn, ...] = (
    _fn("ascii", "str: string", INT, "The code of the first character; 0 of an empty text.",
        "ascii('222')", "ascii('')"),
    _fn("base64", "bin: binary", TEXT, "Bytes in base 64.", "base64('Spark SQL')"),
    _fn("bit_length", "expr: string|binary", INT, "How many bits a value has.",
        "bit_length('Spark SQL')", "bit_length(X'1b')"),
    _fn("btrim", "str: string, trim?: string", TEXT, "Without blanks, or other characters, at both "
        "ends.", "btrim('  SQL  ')", "btrim('SSparkSQLS', 'SL')"),
    _fn("char", "expr: long", TEXT, "The character of a code (its last 8 bits).", "char(65)",
        aliases=("chr",)),
    _fn("char_length", "str: string|binary", INT, "How many characters a text, or bytes binary "
        "data, has.", "char_length('Spark SQL ')", aliases=("character_length", "length", "len")),
    _fn("collate", "expr: string, collation: string!", TEXT, "A text with a collation.",
        "collate('a', 'UTF8_BINARY')"),
    _fn("collation", "expr: just string", TEXT, "The collation of a text.", "collation('a')",
        nulls=never),
    _fn("concat", "*cols: string|binary|array", _concat, "Texts, bytes or arrays behind each "
        "other.", "concat('Spark', 'SQL')", "concat(array(1, 2), array(3))",
        aliases=("||",)),
    _fn("concat_ws", "sep: string, *cols: string|array<string>", TEXT,
        "Texts with a separator between; nulls are left out.", "concat_ws(' ', 'Spark', 'SQL')",
        "concat_ws('-', array('a', null), 'b')", nulls=lambda args: args[0].nullable),
    _fn("contains", "left: string|binary, right: string|binary", BOOLEAN,
        "Whether one text is in another.", "contains('Spark SQL', 'Spark')"),
    _fn("decode", "bin: any, charset: any, *more: any", _decode,
        "Text from bytes in a character set; or, as in Oracle, the value beside the first key that "
        "equals the expression.", "decode(encode('abc', 'utf-8'), 'utf-8')",
        "decode(2, 1, 'one', 2, 'two', 'other')", nulls=always),
    _fn("elt", "n: int, *inputs: string|binary", _elt, "The n-th of several values.",
        "elt(1, 'scala', 'java')", nulls=always),
    _fn("encode", "str: string, charset: string", BYTES, "Text as bytes in a character set.",
        "encode('abc', 'utf-8')"),
    _fn("endswith", "left: string|binary, right: string|binary", BOOLEAN,
        "Whether a text ends with another.", "endswith('Spark SQL', 'SQL')"),
    _fn("find_in_set", "str: string, str_array: string", INT,
        "The place of a text in a list with commas, from 1; else 0.",
        "find_in_set('ab', 'abc,b,ab,c,def')"),
    _fn("format_number", "expr: just numeric, format: just int|string", TEXT,
        "A number with commas and so many decimals, or in a pattern.",
        "format_number(12332.123456, 4)", "format_number(12332.123456, '##################.###')",
        nulls=always),
    _fn("format_string", "format: string, *args: any", TEXT, "Values put into a text, as printf "
        "does.", "format_string('Hello World %d %s', 100, 'days')", aliases=("printf",),
        nulls=lambda args: args[0].nullable),
    _fn("initcap", "str: string", TEXT, "Each word's first letter large, the others small.",
        "initcap('sPark sql')"),
    _fn("instr", "str: string, substr: string", INT, "Where a text begins in another, from 1; "
        "else 0.", "instr('SparkSQL', 'SQL')"),
    _fn("is_valid_utf8", "str: string", BOOLEAN, "Whether the text's bytes are UTF-8.",
        "is_valid_utf8('Spark')"),
    _fn("left", "str: string|binary, len: int", text_or_bytes, "The first characters.",
        "left('Spark SQL', 3)"),
    _fn("levenshtein", "str1: string, str2: string, threshold?: int", INT,
        "How many letters to change to make one text the other; -1 above a threshold.",
        "levenshtein('kitten', 'sitting')", "levenshtein('kitten', 'sitting', 2)"),
    _fn("locate", "substr: string, str: string, pos: int = 1", INT,
        "Where a text begins in another, from a position on; else 0.", "locate('bar', 'foobarbar')",
        "locate('bar', 'foobarbar', 5)", aliases=("position",)),
    _fn("lower", "str: string", TEXT, "In small letters.", "lower('SparkSql')", aliases=("lcase",)),
    _fn("lpad", "str: string|binary, len: int, pad?: string|binary", text_or_bytes,
        "Filled up on the left to a length, or cut to it.", "lpad('hi', 5, '??')", "lpad('hi', 1)"),
    _fn("ltrim", "str: string, trim?: string", TEXT,
        "Without blanks on the left; of two arguments the first says which characters.",
        "ltrim('    SparkSQL ')"),
    _fn("luhn_check", "str: string", BOOLEAN, "Whether the digits' check digit is right.",
        "luhn_check('8112189876')"),
    _fn("make_valid_utf8", "str: string", TEXT, "With every wrong byte replaced.",
        "make_valid_utf8('Spark')"),
    _fn("mask", "str: just string, upperChar: just string = 'X',"
        " lowerChar: just string = 'x', digitChar: just string = 'n',"
        " otherChar: just string = NULL", TEXT,
        "With letters and digits replaced; null leaves a kind as it is.", "mask('AbCD123-@$#')",
        "mask('AbCD123-@$#', 'Q', 'q', 'd', 'o')", nulls=lambda args: args[0].nullable),
    _fn("octet_length", "expr: string|binary", INT, "How many bytes a value has.",
        "octet_length('Spark SQL')"),
    _fn("overlay", "input: string|binary, replace: string|binary, pos: int, len: int = -1",
        text_or_bytes, "With a part replaced.", "overlay('Spark SQL', '_', 6)",
        "overlay('Spark SQL', 'ANSI ', 7, 0)"),
    _fn("quote", "str: string", TEXT, "In quotes, as SQL writes it.", "quote('Don\\'t')"),
    _fn("randstr", "length: int!, seed?: integral!", TEXT, "Random letters and digits.",
        "length(randstr(5))", nulls=never, deterministic=False),
    _fn("repeat", "str: string, n: int", TEXT, "A text several times.", "repeat('123', 2)"),
    _fn("replace", "str: string, search: string, replace: string = ''", TEXT,
        "With every occurrence of a text replaced.", "replace('ABCabc', 'abc', 'DEF')"),
    _fn("reverse", "expr: string|binary|array", lambda args: args[0].dtype, "The other way round.",
        "reverse('Spark SQL')", "reverse(array(2, 1, 4, 3))"),
    _fn("right", "str: string, len: int", TEXT, "The last characters.",
        "right('Spark SQL', 3)"),
    _fn("rpad", "str: string|binary, len: int, pad?: string|binary", text_or_bytes,
        "Filled up on the right to a length, or cut to it.", "rpad('hi', 5, '??')"),
    _fn("rtrim", "str: string, trim?: string", TEXT,
        "Without blanks on the right; of two arguments the first says which characters.",
        "rtrim('    SparkSQL   ')"),
    _fn("sentences", "str: string, lang: string = '', country: string = ''",
        ArrayType(ArrayType(TEXT, False), False), "A text's sentences, each as its words.",
        refused="the borders of words and sentences follow Java's tables of the language"),
    _fn("soundex", "str: just string", TEXT, "The Soundex code: how it sounds in English.",
        "soundex('Miller')"),
    _fn("space", "n: int", TEXT, "Blanks.", "concat(space(2), '1')"),
    _fn("split_part", "str: string, delimiter: string, partNum: int", TEXT,
        "The n-th part between delimiters; from the end if negative.",
        "split_part('11.12.13', '.', 3)", "split_part('11.12.13', '.', -1)"),
    _fn("startswith", "left: string|binary, right: string|binary", BOOLEAN,
        "Whether a text begins with another.", "startswith('Spark SQL', 'Spark')"),
    _fn("substring", "str: string|binary, pos: int, len: int = 2147483647", text_or_bytes,
        "A part from a position, from 1 or, if negative, from the end.",
        "substring('Spark SQL', 5, 1)", "substring('Spark SQL', -3)", aliases=("substr",)),
    _fn("substring_index", "str: string, delim: string, count: int", TEXT,
        "What stands before the n-th delimiter, counted from the end if negative.",
        "substring_index('www.apache.org', '.', 2)", "substring_index('www.apache.org', '.', -1)"),
    _fn("to_binary", "str: string, format: string! = 'hex'", BYTES,
        "Bytes from text: hex, base64 or utf-8.", "to_binary('abc', 'utf-8')", nulls=always),
    _fn("try_to_binary", "str: string, format: string! = 'hex'", BYTES,
        "The same; null for what is malformed.", "try_to_binary('a!', 'base64')", nulls=always),
    _fn("to_char", "expr: any, format: string!", TEXT, "A number, date or bytes in a format.",
        "to_char(454, '999')", "to_char(12454, '99G999')", aliases=("to_varchar",), nulls=always),
    _fn("to_number", "expr: string, fmt: string!", number_format, "A number from text in a format.",
        "to_number('454', '999')", "to_number('12,454', '99,999')", nulls=always),
    _fn("try_to_number", "expr: string, fmt: string!", number_format,
        "The same; null for what does not fit.", "try_to_number('$78.12', '$99.99')", nulls=always),
    _fn("translate", "input: string, from: string, to: string", TEXT,
        "With characters replaced by others, one for one.", "translate('AaBbCc', 'abc', '123')"),
    _fn("trim", "str: string, trim?: string", TEXT,
        "Without blanks at both ends; of two arguments the first says which characters.",
        "trim('    SparkSQL   ')", "trim(both 'SL' from 'SSparkSQLS')"),
    _fn("try_validate_utf8", "str: string", TEXT, "The text, null if its bytes are not UTF-8.",
        "try_validate_utf8('Spark')", nulls=always),
    _fn("unbase64", "str: string", BYTES, "Bytes from base 64.", "unbase64('U3BhcmsgU1FM')"),
    _fn("upper", "str: string", TEXT, "In large letters.", "upper('SparkSql')", aliases=("ucase",)),
    _fn("validate_utf8", "str: string", TEXT, "The text, an error if its bytes are not UTF-8.",
        "validate_utf8('Spark')"),
)  # fmt: skip
