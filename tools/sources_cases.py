"""Inputs of ``harvest_sources.py``: small files, how they are read, and what is written."""

from __future__ import annotations

import random

TYPES = (
    "i int, l long, d double, f float, dec decimal(6,2), b boolean, dt date, t timestamp, "
    "n timestamp_ntz, s string"
)
_CSV_TYPES = [
    "1,1,1.5,1.5,1.55,true,2020-01-02,2020-01-02 03:04:05,2020-01-02T03:04:05.123,x",
    "+1,-0,1e3,NaN,1.555,TRUE,2020-1-2,2020-01-02T03:04:05Z,2020-01-02,y",
    "007, 1,Inf,-Inf,12345.6,no,2020,2020-01-02 03:04:05.1234567,2020-01-02T03:04:05Z,",
    ",,,,,,,,,",
    "2147483648,9223372036854775808,1_0,0x10,abc,1,x,y,z,w",
    "1.0,1.5,1d,1f,1e2,False,2020-01-02 10:00:00,2020-01-02T03:04:05+02:00,12:30,v",
    "1,2",
    "1,2,3,4,5,true,2020-01-01,2020-01-01,2020-01-01,z,extra",
    "-1,1,Infinity,-Infinity,-1.005,f,2020-02-30,2020-13-01,2020-01-01 25:00:00,q",
    "1,1, 1.5 ,1.5,.5,true,0001-01-01,1900-01-01 00:00:00,1900-01-01 00:00:00,a b ",
]
_JSON_TYPES = [
    '{"i":1,"l":1,"d":1,"f":1.5,"dec":1.5,"b":true,"dt":"2020-01-02","t":"2020-01-02T00:00:00Z",'
    '"n":"2020-01-02T01:00:00","s":"x"}',
    '{"i":1.0,"l":"1","d":"NaN","f":"Infinity","dec":"1.555","b":"true","dt":"x","t":5,"n":5,'
    '"s":[1, 2.50]}',
    '{"i":2147483648,"l":9223372036854775808,"d":"x","f":1e400,"dec":12345.67,"b":1,"dt":5,'
    '"t":"","n":"x","s":{"a" : 1}}',
    "{'i':3,'s':'single'}", '{"i":4,"s":"comma",}', '{"i":5} trailing', '[{"i":6},{"i":7}]', "[1]",
    "5", '"text"', "", "   ", '{"i":null,"s":null}', '{"i":8,"i":9}', '{"I":10}', '{"i":NaN}',
    '{"i":01}', '{"s":"\\u00e9\\n\\""}', '{"i":1', "{}", "null", '{"s":1.10}', '{"s":-0.0}',
]  # fmt: skip
_JSON_NESTED = [
    '{"a":[1,2],"st":{"x":1,"y":"q"},"m":{"k":1},"bi":"YWJj"}',
    '{"a":[1,"x"],"st":{"x":"q","y":1},"m":{"k":"z","j":2},"bi":"@@"}',
    '{"a":{"x":1},"st":[{"x":1}],"m":[],"bi":5}',
    '{"a":[],"st":{},"m":{},"bi":""}',
    '{"a":[null,1],"st":{"y":{"q":1}},"m":{"k":null},"bi":null}',
]
NESTED = "a array<int>, st struct<x:int,y:string>, m map<string,int>, bi binary"
CORRUPT = ", _corrupt_record string"


def _inference() -> list[tuple[str, str, str | None, dict[str, str]]]:
    infer = {"inferSchema": "true", "header": "true"}
    columns = [
        "1;2;3", "1;20000000000", "1;1.5", "1;x", "1;;3", ";", "99999999999999999999;1",
        "1.5;NaN;Inf",
        "2020-01-01;2020-01-02", "2020-01-01;2020-01-02 10:00:00", "2020-01-01 10:00:00;x",
        "true;FALSE", "true;1", "2020;2021", "2020-01-01;2020", "2020;2020-01-01", "12:30;1",
        "1e5;2", "1E400;2", " 1;2", "2020-01-01T00:00:00Z;2020-01-01", "+1;-2", "0x1;2", "1_000;2",
        "1;true;x", "2020-1-1;2020-01", "12345678901234567890123456789012345678901;1", "1d;2f",
    ]  # fmt: skip
    cases: list[tuple[str, str, str | None, dict[str, str]]] = [
        ("csv", "c,d\n" + "".join(f"{v},k\n" for v in column.split(";")), None, infer)
        for column in columns
    ]
    cases += [
        ("csv", "a,,a,A,b\n1,2,3,4,5\n", None, {"header": "true"}),
        ("csv", "a,b\n1,2\n", None, {}),
        ("csv", "\n\n  \na,b\n1,2\n", None, {"header": "true"}),
        ("csv", "#x\na,b\n#y\n1,2\n", None, {"header": "true", "comment": "#"}),
        ("csv", "", None, {"header": "true"}),
        ("csv", "a;b\n1;2\n", None, {"header": "true", "sep": ";", "inferSchema": "true"}),
        ("csv", "a\n01/02/2020\n", None, {**infer, "dateFormat": "dd/MM/yyyy"}),
        ("csv", "a\n01/02/2020 03:04\n", None, {**infer, "timestampFormat": "dd/MM/yyyy HH:mm"}),
        ("csv", "a\nNA\n1\n", None, {**infer, "nullValue": "NA"}),
    ]
    texts = [
        '{"b":1,"a":"x"}\n{"b":1.5,"c":[1,2.5,null]}', '{"b":1}\n{"b":"x"}\n{"b":{"z":1}}',
        '{"b":null,"c":[],"d":{},"e":[null],"f":""}',
        '{"b":[{"x":1},{"y":"s"}],"c":12345678901234567890123,"e":9223372036854775808}',
        '{"b":1}\n{bad', '{"b":1}\n[{"c":1}]\n5\n"x"', '{"a":true}\n{"a":1}', '{"b":NaN,"c":"NaN"}',
        "[1,2]", "5", '{"a":1e2,"b":-1,"c":0.1}',
    ]  # fmt: skip
    cases += [("json", text, None, {}) for text in texts]
    cases += [
        ("json", '{"t":"2020-01-01T00:00:00","f":1.25}', None,
         {"inferTimestamp": "true", "prefersDecimal": "true"}),
        ("json", '{"n":1,"f":1.25,"b":true}', None, {"primitivesAsString": "true"}),
        ("json", '{"f":1.25}\n{"f":123.4}\n{"f":5}', None, {"prefersDecimal": "true"}),
        ("json", '{"a":null,"b":1}', None, {"dropFieldIfAllNull": "true"}),
        ("json", '[{"a":1},\n {"a":2, "b":"x"}]', None, {"multiLine": "true"}),
    ]  # fmt: skip
    return cases


def _reads() -> list[tuple[str, str, str | None, dict[str, str]]]:
    csv, js = "\n".join(_CSV_TYPES) + "\n", "\n".join(_JSON_TYPES)
    nested = "\n".join(_JSON_NESTED)
    cases: list[tuple[str, str, str | None, dict[str, str]]] = [
        ("csv", csv, TYPES, {}),
        ("csv", csv, TYPES + CORRUPT, {}),
        ("csv", csv, TYPES, {"mode": "DROPMALFORMED"}),
        ("csv", csv, TYPES, {"mode": "FAILFAST"}),
        ("csv", csv, "i int, s string", {}),
        ("json", js, TYPES, {}),
        ("json", js, TYPES + CORRUPT, {}),
        ("json", js, TYPES, {"mode": "DROPMALFORMED"}),
        ("json", js, TYPES, {"mode": "FAILFAST"}),
        ("json", nested, NESTED + CORRUPT, {}),
        ("csv", "01/02/2020,3.4.20\n1/2/2020,03.04.2020\n", "a date, b date",
         {"dateFormat": "dd/MM/yyyy"}),
        ("csv", "01/02/2020 03:04\nx\n", "a timestamp", {"timestampFormat": "dd/MM/yyyy HH:mm"}),
        ("csv", 'a,b\n1,"x\ny"\n2,"""q"""\n', "a int, b string",
         {"header": "true", "multiLine": "true", "escape": '"'}),
        ("csv", 'a,b\n1,"x\n2,y\n', "a int, b string", {"header": "true"}),
        ("csv", "a,b\r\n1,x\r\n2,y\r\n", "a int, b string", {"header": "true"}),
        ("csv", "1|x||2|y", "a string, b string", {"sep": "|", "lineSep": "||"}),
        ("csv", "1::x\n2::y\n", "a int, b string", {"sep": "::"}),
        ("csv", "1\tx\n\t\n2\ty\n", "a int, b string", {"sep": "\\t"}),
        ("csv", "NA,x\n1,NA\n", "a int, b string", {"nullValue": "NA"}),
        ("csv", "1,\u00e9\n", "a int, b string", {"encoding": "UTF-8"}),
        ("text", "a\r\nb\rc\n\nd", "value string", {}),
        ("text", "a;b;;c;", "value string", {"lineSep": ";"}),
        ("text", "a\nb", "value string", {"wholetext": "true"}),
        ("json", '{"a":1}\n// c\n{a:2}', "a int", {"allowComments": "true"}),
        ("json", "{a:2}", "a int", {"allowUnquotedFieldNames": "true"}),
        ("json", '{"a":\n1}', "a int", {"multiLine": "true"}),
    ]  # fmt: skip
    return cases


CASES = [*_reads(), *_inference()]


def quoting_lines() -> list[str]:
    """Lines that try the CSV parser's ways with quotes, escapes and blanks."""
    chance = random.Random(5)
    words = ['"', ",", "a", "\\", " ", '"', '""', '\\"', ',"', '",', "bc"]
    lines = {"".join(chance.choice(words) for _ in range(chance.randint(1, 8))) for _ in range(900)}
    return sorted(line for line in lines if line.strip())


QUOTING_OPTIONS: list[dict[str, str]] = [
    {}, {"escape": '"'}, {"unescapedQuoteHandling": "BACK_TO_DELIMITER"},
    {"unescapedQuoteHandling": "STOP_AT_CLOSING_QUOTE"},
    {"ignoreLeadingWhiteSpace": "true", "ignoreTrailingWhiteSpace": "true"},
    {"charToEscapeQuoteEscaping": "\\"}, {"quote": ""}, {"emptyValue": "E", "nullValue": "N"},
    {"escape": ""},
]  # fmt: skip

WRITE_OPTIONS: list[tuple[str, dict[str, str]]] = [
    ("csv", {}), ("csv", {"quoteAll": "true"}), ("csv", {"escape": '"'}),
    ("csv", {"escapeQuotes": "false"}), ("csv", {"sep": "|"}),
    ("csv", {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}),
    ("csv", {"emptyValue": "E", "nullValue": "N"}), ("json", {}),
]  # fmt: skip


def written_strings() -> list[str]:
    """Strings that try the writers' quoting."""
    chance = random.Random(3)
    words = ['"', ",", "a", "\\", " ", "#", "\n", "\r", "\t", "|", "'", "\u00e9", "\x01", "/"]
    return sorted(
        {"".join(chance.choice(words) for _ in range(chance.randint(0, 4))) for _ in range(300)}
    )


TYPED_WRITES: list[tuple[str, dict[str, str]]] = [
    ("json", {}), ("json", {"ignoreNullFields": "false", "timestampFormat": "dd/MM/yyyy HH:mm"}),
    ("csv", {"header": "true"}),
    ("csv", {"timestampFormat": "yyyy/MM/dd HH", "dateFormat": "d.M.yy", "nullValue": "NA"}),
]  # fmt: skip

TYPED_ROWS = """select * from values
 (1Y,1S,1,1L,1.5F,1.5D,1.50BD,true,date'2020-01-02',timestamp'2020-07-01 01:02:03.456789',
  timestamp_ntz'2020-07-01 01:02:03',X'00FFAB',interval '1' day,interval '2' month, array(1,null),
  map('a',1.5D), named_struct('x',1,'y',cast(null as string))),
 (null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null),
 (1Y,1S,1,1L,float('nan'),double('-infinity'),-0.0000001BD,false,date'0001-01-01',
  timestamp'1900-01-01 00:00:00',timestamp_ntz'9999-12-31 23:59:59.999999',X'',
  interval '-1 02:03:04.5' day to second,interval '-1-1' year to month, array(), map(),
  named_struct('x',null,'y','q'))
 t(b,s,i,l,f,d,dec,bo,dt,ts,n,bin,iv,ym,arr,m,st)"""

PARTITIONS: list[list[str]] = [
    ["p=1/q=a", "p=2/q=b"], ["p=1", "p=20000000000"], ["p=1", "p=1.5"], ["p=1", "p=x"],
    ["p=2020-01-01", "p=2021-01-01"], ["p=2020-01-01", "p=x"], ["p=2020-01-01 10%3A00%3A00"],
    ["p=__HIVE_DEFAULT_PARTITION__", "p=1"], ["p=a%2Fb", "p=c%20d"], ["p=01", "p=1"],
    ["p=true", "p=false"], ["p=1", "q=1"], ["x/p=1", "x/p=2"], ["P=1", "P=2"],
    ["p=99999999999999999999"],
    ["p=2020-1-1"], ["p=__HIVE_DEFAULT_PARTITION__"], ["p=1e5", "p=2"], ["p=-1", "p=+2"], ["p=NaN"],
]  # fmt: skip
