"""Questions about JSON, CSV and variants."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "texts": r"""SELECT * FROM VALUES
        ('{"a": 1, "b": "x", "c": [1, 2, 3], "d": {"e": 1.50, "f": null}}', '1,x,2.5'), ('{"a": "q", "b": 5, "c": "no", "d": [1]}', 'a,"y,z",'),
        ('[1, 2, {"a": 3}]', ''), ('{"a": 1', '7'), ('', '1,2,3,4'), ('null', ',,'), ('"text"', ' 5 , s ,1e3'), ('{"c": [{"b": 1}, {"b": 2}, {"x": 3}], "k l": 1}', '9999999999,true,x'),
        ('{"a": 2147483648, "b": true, "c": [], "d": {}}', '1,"q""r",3'), (null, null) AS t(j, c)""",
    "values": """SELECT * FROM VALUES
        (named_struct('i', 1, 's', 'a"b', 'd', 1.5D, 'n', 1.20BD), array(1, null), map('k', 1, 'l', null), DATE'2024-02-29', TIMESTAMP'2024-02-29 13:14:15.678901', true),
        (named_struct('i', null, 's', null, 'd', double('NaN'), 'n', null), array(), map(), null, null, false),
        (null, null, null, DATE'0001-01-01', TIMESTAMP'1969-12-31 23:59:59', null) AS t(s, a, m, e, t, b)""",
}  # fmt: skip

PATHS = ("$", "$.a", "$.b", "$.c", "$.c[0]", "$.c[*]", "$.c[*].b", "$.d", "$.d.e", "$.d.f", "$[2].a", "$[*]",
         "$.*", "$['a']", "$['k l']", "a", "$.c[9]", "$.d.*", "$..a", "$.c[*].x")  # fmt: skip
SCHEMAS = ("a INT", "a INT, b STRING", "a STRING, c ARRAY<INT>", "d STRUCT<e: DOUBLE, f: INT>",
           "d STRING, c STRING", "a BIGINT, b BOOLEAN", "c ARRAY<STRUCT<b: INT>>", "array<int>",
           "map<string, string>", "a DOUBLE, d MAP<STRING, STRING>", "d STRUCT<e: DECIMAL(5,1)>")  # fmt: skip

_CLOCKS = ["2020-01-01 10:11:12", "2020-01-01 10:11:12 UTC", "2020-01-01T10:11:12Z", "2020-01-01 10:11:12+01:00",
           "2020-01-01 10:11:12 Europe/Berlin", "2020-1-1 1:2:3", "2020-01-01"]  # fmt: skip
"""Texts of a wall clock's time, in files without a zone."""

CASES = [
    Cases("texts", [f'get_json_object(j, "{p}")' for p in PATHS]
          + ["json_array_length(j)", "json_object_keys(j)"]
          + [f"from_json(j, '{s}')" for s in SCHEMAS]
          + ["from_csv(c, 'a INT, b STRING, d DOUBLE')", "from_csv(c, 'a STRING')",
             "from_csv(c, 'a INT, b STRING', map('sep', ';'))"]),
    Cases("values", ["to_json(s)", "to_json(a)", "to_json(m)", "to_json(struct(e, t, b))",
                     "to_json(struct(s, a, m))", "to_json(array(s))", "to_json(struct(e), map('dateFormat', 'dd/MM/yyyy'))",
                     "to_json(struct(t), map('timestampFormat', 'yyyy-MM-dd'))", "to_json(array(struct(b)))",
                     "to_json(s, map('ignoreNullFields', 'false'))", "to_json(map('x', s))", "to_csv(struct(b, e, s.s))",
                     "to_csv(struct(s.i, s.d, s.n, t))", "to_json(struct(cast(t as timestamp_ntz)))"], zones=("America/Los_Angeles", "UTC")),
    Cases("", [*(f"from_json('{{\"a\": \"{t}\"}}', 'a timestamp_ntz')" for t in _CLOCKS),
               *(f"from_csv('{t}', 'a timestamp_ntz')" for t in _CLOCKS),
               *(f"from_xml('<r><a>{t}</a></r>', 'a timestamp_ntz')" for t in _CLOCKS)], zones=("UTC",)),
    Cases("", ["schema_of_json('{\"a\": 1, \"b\": [1.5, 2], \"c\": {\"d\": null}}')", "schema_of_json('[{\"a\":1},{\"b\":\"x\"}]')",
               "schema_of_json('1')", "schema_of_csv('1,abc,2.5,true')", "to_json(parse_json('{\"a\": [1, 2.5, \"x\"], \"b\": null}'))",
               "parse_json('{')", "try_parse_json('{') is null", "is_variant_null(parse_json('null'))",
               "is_variant_null(parse_json('1'))", "variant_get(parse_json('{\"a\": 1}'), '$.a', 'int')",
               "variant_get(parse_json('{\"a\": \"x\"}'), '$.a', 'int')", "try_variant_get(parse_json('{\"a\": \"x\"}'), '$.a', 'int')",
               "variant_get(parse_json('{\"a\": [1, 2]}'), '$.a[1]', 'string')", "variant_get(parse_json('{\"a\": 1}'), '$.b', 'int')",
               "variant_get(parse_json('{\"a\": {\"b\": 2.5}}'), '$.a', 'struct<b: double>')", "is_valid_variant(parse_json('1'))",
               "from_json('{\"a\": \"2024-02-29\", \"b\": \"2024-02-29T01:02:03Z\"}', 'a DATE, b TIMESTAMP')",
               "from_json('{', 'a INT', map('mode', 'FAILFAST'))", "from_json('{\"a\": 1}', 'a')", "from_json('1', 'int')"]),
]  # fmt: skip
