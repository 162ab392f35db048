"""Questions about maps and structs."""

from __future__ import annotations

from function_cases import Cases

TABLES = {
    "maps": """SELECT * FROM VALUES
        (map('a', 1, 'b', null), map('c', 3), array('x', 'y'), array(1, 2), named_struct('p', 1, 'q', 'u'), 'a:1,b:2'),
        (map(), map('a', 9), array(), array(), named_struct('p', null, 'q', null), ''),
        (map('z', 5), map(), array('k'), array(null), null, 'x'),
        (null, map('q', 1), array('k', 'l'), array(3, 4), named_struct('p', 2, 'q', 'v'), 'a:1:2,,b'),
        (map('m', 1), null, null, array(1), named_struct('p', 3, 'q', ''), null) AS t(m, o, k, v, s, w)""",
}  # fmt: skip

CASES = [
    Cases("maps", ["map_keys(m)", "map_values(m)", "map_entries(m)", "map_contains_key(m, 'a')",
                   "map_contains_key(m, 'z')", "map_from_arrays(k, v)",
                   "map_from_entries(map_entries(m))", "map_concat(m, o)", "map_concat(m)",
                   "map_from_entries(arrays_zip(k, v))", "m['a']", "m['nope']", "element_at(m, 'a')",
                   "element_at(m, 'nope')", "try_element_at(m, 'z')", "size(m)", "map('x', 1, 'y', m['a'])",
                   "map(1, 'a', 2, s.q)", "map()", "map('a', null)", "map('k', m)", "str_to_map(w)",
                   "str_to_map(w, ',')", "str_to_map(w, ',', ':')", "str_to_map(w, ':', ',')",
                   "str_to_map('a=1&b=2', '&', '=')", "map_concat(map(1, 2), map(3L, 4L))",
                   "map('a', 1, 'b', 2.5)", "map_keys(map(1, 2, 3, 4))", "map_entries(map(1, 's'))"]),
    Cases("maps", ["s.p", "s.q", "named_struct('a', s.p, 'b', s)", "struct(s.p, s.q AS z, 1)", "struct(s)",
                   "named_struct('x', null)", "struct(1, 'a', m)", "s = s", "struct(s.*)", "s is null",
                   "struct(1 + 1, s.p + 1)", "named_struct('a', 1, 'b', array(1, null))"]),
    Cases("", ["map('a', 1, 'a', 2)", "map(null, 1)", "map_from_arrays(array('a', 'a'), array(1, 2))",
               "map_from_arrays(array('a'), array(1, 2))", "map_from_arrays(array(null), array(1))",
               "map_concat(map('a', 1), map('a', 2))", "map_from_entries(array(struct('a', 1), struct('a', 2)))",
               "map_from_entries(array(struct('a', 1), null))", "map_contains_key(map(1, 2), null)",
               "map('a')", "named_struct('a')", "str_to_map('a:1,a:2')", "map_keys(1)",
               "map(1, 'a', 1.5, 'b')", "map_concat(map(1, 2), null)", "map('a', 1, 2, 3)"]),
]  # fmt: skip
