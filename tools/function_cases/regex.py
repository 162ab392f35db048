"""Questions about LIKE and regular expressions."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "t": r"""SELECT * FROM VALUES
        ('100-200', '(\\d+)-(\\d+)', '%0'), ('foo.bar|baz', '[a-c]+', 'foo%'), ('', 'x*', ''),
        ('a1b22c333', '\\d', 'a_b%'), ('Steven Jones, Stephen Smith', 'Ste(v|ph)en', '%_ones%'),
        ('line1\nline2\r\nline3', '^line\\d$', '%\n%'), ('É é ß 日本 😀', '\\w+', '_ é%'),
        ('  tabs\t\there ', '\\s+', '%\\%'), ('100%_a\\b', '\\p{Alpha}', '100\\%\\_a%'),
        (null, 'a', 'a'), ('a', null, null) AS t(s, p, l)""",
}
_PATTERNS = [
    r"\\d+",
    "[a-z]+",
    "a|b",
    "^foo",
    "bar$",
    ".",
    ".*",
    "o{2}",
    r"\\.",
    r"\\s",
    r"\\w+",
    "(?i)STEVEN",
    "[^0-9]+",
    "x*",
    r"\\bSte",
    "(e)(v|ph)?",
    r"[\\d-]+",
    r"\\p{L}+",
    "(?<n>a)",
    r"\\Qo.b\\E",
    "a++",
    r"line\\d$",
    "(?m)^line",
    "(?s)1.l",
    "日",
    "😀",
    r"\\S+",
    "$",
    "",
]

CASES = [
    Cases("t", [f"s rlike '{p}'" for p in _PATTERNS]),
    Cases("t", [f"regexp_replace(s, '{p}', 'X')" for p in _PATTERNS]),
    Cases("t", [f"regexp_extract(s, '{p}', 0)" for p in _PATTERNS]),
    Cases("t", [f"regexp_extract_all(s, '{p}', 0)" for p in _PATTERNS]),
    Cases("t", [f"split(s, '{p}')" for p in _PATTERNS]),
    Cases("t", [f"split(s, '{p}', {n})" for p in ("", "[a-z]", ",", r"\\d") for n in (-1, 0, 1, 2, 5)]),
    Cases("t", [f"regexp_count(s, '{p}')" for p in _PATTERNS]),
    Cases("t", [f"regexp_instr(s, '{p}')" for p in _PATTERNS[:12]]),
    Cases("t", [f"regexp_substr(s, '{p}')" for p in _PATTERNS[:12]]),
    Cases("t", [
        "s rlike p", "regexp_like(s, p)", "regexp(s, p)", "regexp_replace(s, p, '<$0>')",
        "regexp_count(s, p)", "regexp_substr(s, p)", "regexp_instr(s, p)", "split(s, p)",
        "regexp_extract(s, '(\\\\d+)-(\\\\d+)')", "regexp_extract(s, '(\\\\d+)-(\\\\d+)', 2)",
        "regexp_extract_all(s, '(\\\\w)(\\\\w)', 2)", "regexp_replace(s, '(\\\\d)(\\\\d)', '$2$1')",
        "regexp_replace(s, '[ab]', '\\\\$')", "regexp_replace(s, 'a', 'b', 3)",
        "regexp_replace(s, '(o)(?:x)?', '[$1]')", "s like l", "s like '%a%'", "s like '_o%'",
        "s like '100\\\\%%'", "s like '%!_a%' escape '!'", "s not like '%a%'", "s ilike '%STE%'",
        "s ilike l", "s like '%\\\\\\\\b'", "like(s, '%0')", "ilike(s, 'FOO%')",
        "s like any ('%0', 'foo%')", "s like all ('%a%', '%b%')", "s rlike any ('a', 'b')",
        "regexp_instr(s, 'o', 1)", "s like ''", "s like '%'", "s like 'É%'", "s ilike 'é%'",
    ]),
    Cases("", [
        "regexp_extract('abc', '(a)(b)', 3)", "regexp_extract('abc', '(a', 1)", "'a' rlike '*'",
        "regexp_replace('abc', 'b', '$5')", "'abc' like 'a\\\\'", "'abc' like 'a\\\\bc'",
        "split('oneAtwoBthreeC', '[ABC]')", "split('a,b,,', ',')", "split('', ',')",
        "split('abc', '')", "regexp_extract('x', '(a)?x', 1)", "regexp_replace('aaa', 'a*', 'b')",
        "regexp_extract_all('abc', 'b', 1)", "'a' like null", "null rlike 'a'", "'A' ilike 'a'",
        "regexp_count('', '')", "regexp_substr('abc', 'd')", "split(null, 'a')",
        "regexp_replace('a.b.c', '\\\\.', '-')", "split('a|b', '|')", "split('a|b', '\\\\|')",
        "split('a.b', '.')", "regexp_like('abc', '')", "'abc' rlike 'B(?i)'",
        "regexp_replace('Ab', '(?i)aB', 'x')", "regexp_extract('foo', '(?<first>f)', 1)",
    ]),
]  # fmt: skip
