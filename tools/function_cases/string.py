"""Questions about functions of text."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "t": r"""SELECT * FROM VALUES
        ('Spark SQL', 'SQL', 3, X'537061726B', ' ab ', 12332.123456D, 454BD), ('', '', 0, X'', '', 0.5D, 0BD),
        ('héllo wörld', 'ö', -2, X'FF00', 'xxhixx', -1234567.891D, -12.5BD),
        ('日本語テキスト', '語', 2, X'E697A5', '日', 1e15D, 99999.99BD), ('a😀b', '😀', 5, X'00', '😀', -0.005D, 0.01BD),
        ('a,b,,c', ',', 1, X'612C62', ',a,', double('NaN'), 7BD), ('ßıİ mIxEd cAse', 'i', -100, X'C3', 'x', double('Infinity'), -7BD),
        ('  two  spaces ', '  ', 100, X'20', ' ', 2.5D, 1234.50BD), ('11.12.13', '.', -1, X'0102', '1', 3.5D, 12454BD),
        (null, 'a', 1, null, 'a', null, null), ('a', null, null, X'61', null, 1D, 1BD)
        AS t(s, u, n, x, w, d, p)""",
}
_ONE = (
    "ascii base64 bit_length btrim char_length character_length length len initcap lcase lower ltrim "
    "luhn_check make_valid_utf8 is_valid_utf8 octet_length quote reverse rtrim soundex trim ucase upper "
    "unbase64 validate_utf8 try_validate_utf8 mask"
).split()
_TWO = ["contains({a}, {b})", "startswith({a}, {b})", "endswith({a}, {b})", "instr({a}, {b})",
        "locate({b}, {a})", "position({b}, {a})", "concat({a}, {b})", "{a} || {b}",
        "concat_ws('-', {a}, {b})", "levenshtein({a}, {b})", "replace({a}, {b})",
        "replace({a}, {b}, '#')", "translate({a}, {b}, '12')", "btrim({a}, {b})", "ltrim({b}, {a})",
        "rtrim({b}, {a})", "trim({b}, {a})", "trim(both {b} from {a})", "find_in_set({b}, {a})",
        "split_part({a}, {b}, 1)", "substring_index({a}, {b}, 1)", "charindex({b}, {a})"]  # fmt: skip

CASES = [
    Cases("t", [f"{f}({c})" for f in _ONE for c in ("s", "u", "w")]),
    Cases("t", [q.format(a=a, b=b) for q in _TWO for a, b in (("s", "u"), ("w", "u"), ("s", "'a'"))]),
    Cases("t", [f"{f}(s, {n})" for f in ("left", "right", "repeat", "substring", "substr", "lpad", "rpad")
                for n in ("n", "2", "0", "-3", "20")]),
    Cases("t", [f"substring(s, {a}, {b})" for a in ("n", "0", "1", "-3", "4") for b in ("n", "2", "0", "100")]),
    Cases("t", [f"{f}(s, {n}, {p})" for f in ("lpad", "rpad") for n in ("n", "12") for p in ("u", "''", "'xy'")]),
    Cases("t", [f"split_part(s, {d}, {n})" for d in ("u", "'.'", "','", "''") for n in ("1", "2", "-1", "-2", "9")]),
    Cases("t", [f"substring_index(s, {d}, {n})" for d in ("u", "'.'", "'ö'", "' '") for n in ("n", "1", "2", "-1", "-2", "0")]),
    Cases("t", ["space(n)", "char(n + 100)", "chr(n)", "char(233)", "locate(u, s, 2)", "locate(u, s, n)",
                "locate('', s)", "instr(s, '')", "overlay(s, 'XY', 3)", "overlay(s, u, 2, 3)", "overlay(s placing '_' from 4)",
                "overlay(s, '', 1, 2)", "overlay(x, X'41', 2)", "mask(s, 'Q', 'q', 'd', 'o')", "mask(s, null, null)",
                "concat(s, u, w)", "concat(x, x)", "concat(s, x)", "concat(s, n)", "concat(array(s), array(u, null))",
                "concat_ws(',', s, n, null)", "concat_ws(u, s, w)", "concat_ws('-', array(s, null, u), w)", "concat_ws(',')",
                "levenshtein(s, u, 2)", "levenshtein('kitten', s, 5)", "elt(1, s, u)", "find_in_set('b', s)",
                "find_in_set('', s)", "decode(x, 'utf-8')", "encode(s, 'utf-8')", "encode(s, 'utf-16')", "encode(s, 'utf-16le')",
                "decode(encode(s, 'utf-16be'), 'utf-16be')", "decode(n, 1, 'one', 2, 'two', 'other')", "decode(n, 1, 'one')",
                "decode(s, null, 'n', 'a', 'y')", "length(x)", "bit_length(x)", "octet_length(x)", "left(x, 2)", "right(x, 2)",
                "substring(x, 2)", "substring(x, -1, 1)", "lpad(x, 4)", "rpad(x, 4, X'AB')", "contains(x, X'00')",
                "startswith(x, X'53')", "base64(x)", "unbase64(base64(x))", "hex(x)", "to_binary(hex(x))", "reverse(array(s, u))",
                "format_number(d, 2)", "format_number(d, 0)", "format_number(p, 3)", "format_number(n, 1)", "format_number(d, n)",
                "format_number(d, '#,###.##')", "format_number(p, '000.000')", "format_string('%s|%d', s, n)",
                "format_string('%5d|%-5d|%05d|%+d|%,d|%x', n, n, n, n, n * 12345, n)", "format_string('%10s|%-10s|%.2s', s, s, s)",
                "format_string('%.3f|%10.2f|%e|%08.1f|%,.2f', d, d, d, d, d)", "format_string('%s %s', p, d)", "printf('%2$s %1$s %%', s, u)",
                "format_string('%b %c', n > 1, 65)", "format_string(s)", "to_char(p, '99999.99')", "to_char(p, '00000.00')",
                "to_char(p, 'S99,999.9')", "to_char(p, '$99999.99MI')", "to_char(p, '9999PR')", "to_char(x, 'hex')",
                "to_char(x, 'base64')", "to_char(date'2020-03-04', 'yyyy/MM')", "collation(s)", "collate(s, 'UTF8_BINARY')",
                "try_to_number(w, '99')", "upper(concat(s, 'ß'))", "translate(s, 'lo', '0')", "translate(s, '', 'x')",
                "s < u", "upper(s) = s", "ascii(u)", "substr(s from 2 for 3)", "position('l' in s)", "replace(s, 'l', null)"]),
    Cases("", ["ascii('222')", "ascii(2)", "base64('Spark SQL')", "bit_length(X'1b')", "btrim('SSparkSQLS', 'SL')", "char(65)",
               "char(-1)", "char(256)", "char(0)", "elt(0, 'a')", "elt(3, 'a', 'b')", "elt(2, 'a', 1)", "elt(1, X'00')", "elt(null, 'a')",
               "split_part('a.b', '.', 0)", "encode('é', 'us-ascii')", "encode('a', 'foo')", "decode(X'FF', 'utf-8')",
               "find_in_set('ab', 'abc,b,ab,c,def')", "find_in_set('a,b', 'a,b')", "format_number(12332.123456, 4)",
               "format_number(12332.123456, '##################.###')", "format_number(1, -1)", "format_string('%d', 'a')",
               "format_string('%s')", "format_string('Hello World %d %s', 100, 'days')", "initcap('sPark sql')", "lpad('hi', 5, '??')",
               "lpad('hi', 1, '??')", "lpad('hi', 5)", "luhn_check('8112189876')", "luhn_check('79927398714')", "mask('AbCD123-@$#')",
               "overlay('Spark SQL', 'ANSI ', 7, 0)", "quote('Don\\'t')", "repeat('ab', -1)", "replace('ABCabc', 'abc', 'DEF')",
               "soundex('Miller')", "soundex('Tymczak')", "soundex('Pfister')", "soundex('Ashcraft')", "soundex('1a')",
               "substring('Spark SQL', 5)", "substring('Spark SQL' FROM -3)", "substring_index('www.apache.org', '.', 2)",
               "substring_index('aaa', 'aa', 1)", "substring_index('aaa', 'aa', -1)", "substring_index('a||b||c', '||', -2)",
               "to_binary('abc', 'utf-8')", "to_binary('zz')", "to_binary('a!', 'base64')", "try_to_binary('a!', 'base64')",
               "to_binary('abc', 'hex')", "to_char(454, '999')", "to_char(454.00, '000D00')", "to_char(12454, '99G999')",
               "to_char(78.12, '$99.99')", "to_char(-12454.8, '99G999D9S')", "to_char(12454, '999')", "to_char(0, '9.9')",
               "to_varchar(5, '09')", "to_number('454', '999')", "to_number('454.00', '000.00')", "to_number('12,454', '99,999')",
               "to_number('$78.12', '$99.99')", "to_number('12,454.8-', '99,999.9S')", "to_number('<5>', '9PR')", "to_number('a', '9')",
               "try_to_number('a', '9')", "to_number('1234', '999')", "to_number('-5', 'S9')", "to_number('+5', 'S9')",
               "translate('AaBbCc', 'abc', '123')", "translate('abc', 'aa', '12')", "trim('    SparkSQL   ')",
               "trim(leading 'x' from 'xxa')", "trim(trailing from 'a  ')", "trim('\t a \n')", "unbase64('U3BhcmsgU1FM')",
               "unbase64('a')", "unbase64('!!')", "upper('straße')", "lower('İ')", "concat('a', null)", "concat()", "concat_ws('s')",
               "concat_ws(null, 'a')", "length('abc ')", "char_length(X'00')", "levenshtein('kitten', 'sitting')",
               "levenshtein('kitten', 'sitting', 2)", "locate('bar', 'foobarbar', 5)", "locate('a', 'a', 0)", "locate('', 'a', 2)",
               "length(randstr(5))", "length(randstr(5, 1))", "collation('a')", "space(-1)", "left('abc', null)", "reverse(123)",
               "substring('abc', 0, 2)", "substring('abc', -5, 3)", "substring('abc', 2147483647, 2)", "contains('abc', '')",
               "startswith('a', null)", "rpad('', 3, 'ab')", "decode(null, 6, 'x', null, 'y', 4)", "printf('%s', array(1, 2))"],
          ansi=(True, False)),
]  # fmt: skip
