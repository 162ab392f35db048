"""Questions about XML: paths, texts to values and back."""

from __future__ import annotations

from function_cases import Cases

DOC = (
    '<a><b id="1" k="x">b1</b><b id="2">b2</b><!-- note --><c><b>deep</b> tail</c>'
    "<n>3</n><n> 4.5 </n><n>-7</n><t>true</t><e/><u>ü&amp;&lt;&#65;<![CDATA[<raw>]]></u></a>"
)
PATHS = [
    "a", "a/b", "a/b/text()", "/a/b[1]/text()", "a/b[2]", "a/b[@id=\"2\"]/text()", "a/b/@id",
    "//b/text()", "//b", "a/c", "a/c//text()", "a/c/text()", "a/*/text()", "a/b[last()]/text()",
    "a/b[position()<2]/text()", "a/x", "a/x/text()", "count(a/b)", "sum(a/n)", "a/n[1]", "a/n[2]",
    "a/n", "a/n + 1", "a/n[3]*2", "string(a/b)", "concat(a/b[1], \"-\", a/b[2])",
    "string-length(a/b)", "normalize-space(a/n[2])", "substring(a/b[1], 2)",
    "substring(\"12345\", 1.5, 2.6)", "substring(\"12345\", 0, 3)", "substring-before(\"1999/04\", \"/\")",
    "substring-after(\"1999/04\", \"/\")", "translate(\"bar\", \"abc\", \"AB\")", "starts-with(a/b, \"b\")",
    "contains(a/b, \"1\")", "not(a/x)", "boolean(a/b)", "boolean(a/e)", "true()", "false()",
    "number(\"12.5\")", "number(\"x\")", "floor(2.6)", "ceiling(2.2)", "round(2.5)", "round(-2.5)",
    "5 mod 2", "-5 mod 2", "5 div 2", "1 div 0", "-1 div 0", "0 div 0", "a/n = 3", "a/n > 4",
    "a/n < -6", "a/b = \"b2\"", "a/b != \"b2\"", "a/t = \"true\"", "a/b or a/x", "a/b and a/x",
    "a/b | a/n", "(a/b)[2]", "a/b/..", "a/b/../n", "a/n[. > 3]", "a/*[self::b or self::n]",
    "a/descendant::b", "a/b[1]/following-sibling::b", "a/b[2]/preceding-sibling::b/text()",
    "a/c/b/ancestor::a/b[1]/text()", "a/child::b/text()", "a/attribute::id", "a/b/attribute::id",
    "a/b/@*", "name(a/b)", "local-name(a/*[3])", "name(a/b/@id)", "a/comment()", "a/node()",
    "a/u", "a/u/text()", "id(\"1\")", "lang(\"en\")", "a[b=\"b1\"]/n[1]/text()", "a/b[c]", "a/*[b]/text()",
    "a/b[@k]/text()", "a/b[not(@k)]/text()", "a/b[1][@id=1]/text()", "-a/n[1]", "a/n[1]-1", "a/n[1] -1",
    "\"lit\"", "12", "1.50", ".5", "100000000", "0.00001", "1e3", "string(1000000000000000000000)",
    "string(0.1)", "string(1.0)", "string(-0)", "number(true())", "string(true())", "a/n[2]*1",
    "a//b[1]/text()", "//@id", "/", "/*", ".", "..", "", "a/", "a[", "a b", "foo(a)", "$x", "x:a", "a/b[]",
    "3 = a/n", "a/b = a/c/b", "a/n = a/n", "a/n != 3", "true() = \"x\"", "1 = \"1\"", "a/b/text() = \"b1\"",
    "following::n", "a/b[1]/following::n[1]/text()", "a/t/preceding::b[1]/text()",
]  # fmt: skip
KINDS = ("xpath", "xpath_string", "xpath_double", "xpath_int", "xpath_boolean")
BAD = ["<a", "<a></b>", "", "   ", "text", "<a/><b/>", "<a>&nope;</a>",
       "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "<a>&lt;</a>", "<?xml version='1.0'?><a>1</a>",
       "<a x='1' x='2'/>", "<a> 1 </a>", "<x:a xmlns:x='u'>1</x:a>", "<x:a>1</x:a>"]  # fmt: skip


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


TABLES = {
    "doc": f"SELECT * FROM VALUES ({_quoted(DOC)}), (null) AS t(d)",
    "rows": """SELECT * FROM VALUES ('<r><a>1</a><b>x</b></r>'), ('<r a="5"><b> y </b><b>z</b></r>'),
        ('<r><a>bad</a></r>'), ('<r><c><d>2.5</d></c></r>'), ('<r/>'), (null), ('<r'), ('<r>7</r>')
        AS t(x)""",
    "vals": """SELECT * FROM VALUES (named_struct('a', 1, 'b', 'x<&>"', 'c', array(1, null, 3)),
        map('k', 1, 'l', null), date'2020-01-02', timestamp'2020-01-02 03:04:05.678'),
        (named_struct('a', null, 'b', '', 'c', array()), map(), null, null) AS t(s, m, d, t)""",
}

SCHEMAS = ["a int, b string", "a int, b array<string>", "_a int, b string", "c struct<d: double>",
           "a string, _corrupt_record string", "_VALUE int, a int", "B string"]  # fmt: skip
VALUES = ["1", "-5", "3000000000", "1.5", "1e3", "true", "abc", "2020-01-02", "2020-01-02T03:04:05",
          "2020-01-02 03:04:05", "", "  7  ", "null", "NaN", "12345678901234567890", "+5", "0x1"]  # fmt: skip

CASES = [
    *(Cases("doc", [f"{kind}(d, {_quoted(path)})" for path in PATHS], zones=("UTC",)) for kind in KINDS),
    Cases("doc", [f"{kind}(d, 'a/n[{at}]')" for kind in ("xpath_long", "xpath_short", "xpath_float", "xpath_number")
                  for at in (1, 2, 3, 4)] + ["xpath(d, null)", "xpath_int(d, null)", "xpath_string(d, d)"],
          zones=("UTC",)),
    Cases("", [f"{kind}({_quoted(text)}, {_quoted(path)})" for text in BAD
               for kind, path in (("xpath_string", "a"), ("xpath", "a/text()"), ("xpath_int", "a"))],
          zones=("UTC",)),
    Cases("rows", [
        *(f"from_xml(x, '{schema}')" for schema in SCHEMAS),
        *(f"from_xml(x, 'a int, b string', map('mode', '{mode}'))" for mode in ("PERMISSIVE", "FAILFAST", "DROPMALFORMED")),
        "from_xml(x, 'a string, b array<string>', map('ignoreSurroundingSpaces', 'false'))",
        "from_xml(x, '`@a` int, b string', map('attributePrefix', '@'))",
        "from_xml(x, 'a int, b string', map('excludeAttribute', 'true'))",
        "from_xml(x, 'txt int', map('valueTag', 'txt'))", "from_xml(x, 'a string', map('nullValue', '1'))",
        "from_xml(x, 'm map<string, string>')", "from_xml(x, 'c string')", "from_xml(x, 'array<int>')",
    ], zones=("UTC",)),
    Cases("", [
        *(f"from_xml('<r><v>{v}</v></r>', 'v {t}')" for v in VALUES
          for t in ("int", "bigint", "double", "boolean", "string", "date", "timestamp", "decimal(10,2)", "timestamp_ntz")),
        *(f"schema_of_xml('<r><v>{v}</v></r>')" for v in VALUES),
        "schema_of_xml('<r><a>1</a><a>2.5</a></r>')", "schema_of_xml('<r><a x=\"1\">2</a></r>')",
        "schema_of_xml('<r><a><b>1</b></a><a><c>x</c></a></r>')", "schema_of_xml('<r/>')",
        "schema_of_xml('<r><a/><b>x</b></r>')", "schema_of_xml('<r><B>1</B><a>2</a></r>')",
        "schema_of_xml('<r><a>1</a></r>', map('inferSchema', 'false'))", "schema_of_xml('<r')",
        "schema_of_xml('<r id=\"7\">t<a>1</a>u</r>')", "schema_of_xml('<r>5</r>')", "schema_of_xml(null)",
        "from_xml('<r><t>26/08/2015</t></r>', 't timestamp', map('timestampFormat', 'dd/MM/yyyy'))",
        "from_xml('<r><t>26/08/2015</t></r>', 't date', map('dateFormat', 'dd/MM/yyyy'))",
        "from_xml('<r><a>1</a><a>2</a></r>', 'a int')", "from_xml('<r><a><x>1</x></a></r>', 'a string')",
        "from_xml('<r>t<a>1</a>u</r>', '_VALUE string, a int')", "from_xml('<r><!-- c --><a>1<!-- c -->2</a></r>', 'a int')",
        "from_xml('<r><a><![CDATA[<x>]]></a></r>', 'a string')", "from_xml('<r><m><k1>1</k1><k2>2</k2></m></r>', 'm map<string, int>')",
        "from_xml('<r><a x=\"1\">2</a></r>', 'a struct<_x: int, _VALUE: int>')", "from_xml('<r><a x=\"1\">2</a></r>', 'a int')",
        "from_xml('<r><a><b>1</b></a><a><b>2</b></a></r>', 'a array<struct<b: int>>')", "from_xml('<n:r xmlns:n=\"u\"><n:a>1</n:a></n:r>', 'a int')",
    ], zones=("UTC",)),
    Cases("", [
        *(f"from_xml('<r><v>{v}</v><w>1</w></r>', 'v {t}, w int, _corrupt_record string')" for v, t in (
            ("1e400", "decimal(10,2)"), ("1e999999999999999999999", "decimal(10,2)"), ("0e400", "decimal(10,2)"),
            ("123456789.5", "decimal(10,2)"), ("9" * 5000, "int"), ("0" * 5000 + "7", "bigint"),
            ("-2147483648", "int"), ("-9223372036854775808", "bigint"), ("-32768", "smallint"))),
        *(f"schema_of_xml('<r><v>{v}</v></r>')" for v in (
            "+-5", "--5", "9" * 5000, "0009", "-9223372036854775808", "9223372036854775807", "2020-01-01T", "2020-01-01 10Z")),
        *(f"from_xml('{text}', '_b int, c int, s struct<_x: int, _VALUE: int, e: int>, f int, _corrupt_record string')" for text in (
            '<a b="z"><c>1</c></a>', '<a b="1"><c>1</c><s x="z">5</s><f>3</f></a>', '<a b="1"><c>1</c><s x="1">5<e>q</e></s><f>3</f></a>',
            '<a b="1"><c>q</c><f>3</f></a>', '<a><f>3</f><s x="1">q</s></a>')),
        *(f"from_xml('{text}', 'a array<int>, s array<struct<x: int, y: int>>, m map<string, int>, f int, _corrupt_record string')" for text in (
            "<r><a>1</a><a>q</a><a>2</a><f>3</f></r>", "<r><s><x>1</x></s><s><x>3</x><y>q</y></s><f>3</f></r>",
            '<r><f>3</f><m k="q"><l>1</l></m></r>')),
    ], zones=("UTC",)),
    Cases("vals", ["to_xml(s)", "to_xml(struct(m))", "to_xml(struct(d, t))", "to_xml(struct(d, t), map('dateFormat', 'dd/MM/yyyy'))",
                   "to_xml(s, map('rowTag', 'X'))", "to_xml(s, map('nullValue', '-'))", "to_xml(struct(1 as _a, 'v' as _VALUE))",
                   "to_xml(struct(struct(1 as _a, 'v' as _VALUE) as e))", "to_xml(struct(array(array(1,2)) as a))",
                   "to_xml(struct(s, 1.50 as dec, 2.5d as dbl, true as f, X'4142' as bin))", "to_xml(m)", "to_xml(d)",
                   "to_xml(struct(t), map('timestampFormat', 'yyyy'))", "to_xml(s, map('indent', ''))",
                   "to_xml(struct(array(struct(1 as x), struct(2 as x)) as a))"], zones=("UTC",)),
]  # fmt: skip
