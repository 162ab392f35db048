"""Questions as they stand in real queries: functions inside functions, over rows that are not clean."""

from __future__ import annotations

from function_cases import Cases

ZONES = ("America/Los_Angeles", "Asia/Kolkata")
BOTH = (True, False)

TABLES = {
    "people": r"""SELECT * FROM VALUES
        ('  Ada Lovelace ', 'ada@Example.com', '+31 (0)20-123 4567', '1,234.50', '2024-02-29', 36, true),
        ('O''Brien, Conan', 'conan.obrien+tv@mail.co.uk', '0031201234567', '-99.999', '29/02/2024', 0, false),
        ('Zoë  Ünal', 'not an email', '', '$5', '2024-02-29T23:59:59Z', -1, null),
        ('李 小龙', null, 'n/a', '1e3', '', 128, true),
        ('', '@', '123', ' 7 ', '20240229', null, false),
        (null, 'x@y', '555-0199 ext. 7', null, null, 40, null)
        AS t(name, mail, phone, price, born, age, ok)""",
    "logs": r"""SELECT * FROM VALUES
        ('2024-03-10 01:59:59 ERROR [main] took=12ms path=/a/b?x=1&y=a%20b', 1),
        ('2024-11-03 01:30:00 WARN  [io-7] took=0.5s path=/', 2),
        ('garbage', 3), ('', 4), (null, 5) AS t(line, n)""",
    "moments": """SELECT * FROM VALUES
        (TIMESTAMP'2024-03-10 09:59:59.999Z', DATE'2024-03-10', 1710064799L, TIMESTAMP_NTZ'2024-03-10 02:30:00'),
        (TIMESTAMP'2024-11-03 09:30:00Z', DATE'2024-11-03', 1730626200L, TIMESTAMP_NTZ'2024-11-03 01:30:00'),
        (TIMESTAMP'1969-12-31 23:59:59.000001Z', DATE'1969-12-31', -1L, TIMESTAMP_NTZ'1969-12-31 12:00:00'),
        (TIMESTAMP'2000-02-29 00:00:00Z', DATE'2000-02-29', 951782400L, TIMESTAMP_NTZ'2000-02-29 00:00:00'),
        (null, null, null, null) AS t(t, d, u, n)""",
    "money": """SELECT * FROM VALUES
        (10.005BD, 3, 1.1D, 0.1F, 12345678901234567890.12BD), (-10.005BD, -3, -1.1D, 1e10F, -0.01BD),
        (0.000BD, 0, -0.0D, float('NaN'), 0.00BD), (99999.995BD, 7, 1e16D, float('Infinity'), 99999999999999999999.99BD),
        (null, null, null, null, null) AS t(p, i, d, f, q)""",
    "baskets": """SELECT * FROM VALUES
        (array(3, 1, null, 2, 3), array('b', null, 'a'), map('x', 1, 'y', null), array(named_struct('k', 'p', 'n', 2), named_struct('k', 'q', 'n', null)), array(array(1, 2), null, array(3))),
        (array(), array(), map(), array(), array(array())), (array(null), array(''), map('', 0), array(null), array(array(null))),
        (null, null, null, null, null),
        (array(5, 5), array('a', 'a', 'B'), map('a', -1, 'b', 2), array(named_struct('k', null, 'n', 1), named_struct('k', 'a', 'n', 1)), array(array(9), array(8, 7)))
        AS t(a, s, m, r, z)""",
    "documents": r"""SELECT * FROM VALUES
        ('{"id": 7, "tags": ["x", "y"], "user": {"name": "Ann", "age": 31.0}, "at": "2024-02-29T12:00:00+01:00", "price": "12.50"}'),
        ('{"id": "7", "tags": "x", "user": null, "at": "29.02.2024", "price": 12.5, "more": {"a": [1, {"b": 2}]}}'),
        ('{"id": 9999999999, "tags": [], "user": {}, "price": 1e2}'), ('[{"id": 1}]'), ('{bad'), (''), (null) AS t(j)""",
    "sales": """SELECT * FROM VALUES
        (1, null, null, 1.00BD, 1D, 2), (2, 'n', DATE'2024-01-01', 10.50BD, 1.5D, 5), (3, 'n', DATE'2024-01-01', null, double('NaN'), null),
        (4, 'n', DATE'2024-01-03', 0.00BD, -0.0D, 7), (5, 's', DATE'2024-01-31', -3.25BD, 2.5D, 5), (6, 's', DATE'2024-02-29', 99.99BD, null, 1),
        (7, 's', DATE'2024-03-01', 3.25BD, 1e300D, 1) AS t(id, shop, day, amount, x, n)""",
    "nobody": "SELECT * FROM VALUES (1, 'a', 1.5BD, 1.5D, array(1)) AS t(i, s, p, d, a) WHERE i < 0",
}  # fmt: skip

STRINGS = (
    "initcap(trim(name))", "regexp_replace(trim(name), '\\\\s+', ' ')", "upper(substring(name, 1, 1)) || lower(substring(name, 2))",
    "split(name, '[ ,]+')", "split(name, '')", "split(mail, '@')[0]", "split(mail, '@', 2)", "try_element_at(split(mail, '@'), 2)",
    "regexp_extract(mail, '^([^@]+)@(.+)$', 2)", "regexp_like(mail, '(?i)^[a-z0-9.+_-]+@[a-z0-9.-]+\\\\.[a-z]{2,}$')",
    "regexp_replace(phone, '[^0-9]', '')", "translate(phone, '()- +', '')", "regexp_extract_all(phone, '(\\\\d+)', 1)",
    "lpad(regexp_replace(phone, '\\\\D', ''), 13, '0')", "length(name)", "char_length(trim(name))", "octet_length(name)",
    "try_cast(price AS DECIMAL(10,2))", "try_cast(replace(price, ',') AS DOUBLE)", "try_to_number(price, '9,999.99')",
    "coalesce(nullif(trim(price), ''), '0')", "concat_ws(' ', name, mail)", "concat(name, ' <', mail, '>')",
    "format_string('%-20s|%5d|%s', name, age, ok)", "format_string('%s', ok)", "left(name, 3) || '...' ", "md5(mail)",
    "sha2(coalesce(mail, ''), 256)", "xxhash64(name, age)", "hash(name, age, ok)", "crc32(mail)", "base64(encode(name, 'UTF-8'))",
    "name LIKE '%e%'", "name ILIKE 'o\\\\'b%'", "name LIKE ANY ('%a%', '%O%')", "name RLIKE '^\\\\s*$'", "soundex(name)", "levenshtein(name, mail)",
    "instr(mail, '@')", "substring_index(mail, '.', -1)", "reverse(name)", "repeat(left(name, 1), age)", "sentences(name)", "rpad(name, 5)",
    "mask(phone)", "split_part(mail, '@', 2)", "startswith(mail, 'ada')", "contains(upper(mail), 'COM')", "ascii(name)", "decode(age, 36, 'x', null, 'none', 'other')",
    "nvl2(mail, 'has', 'none')", "CASE WHEN age > 100 THEN 'old' WHEN age >= 0 THEN 'ok' END", "if(ok, age, -age)", "age BETWEEN 0 AND 50", "age IN (0, null, 36)",
    "mail <=> null", "ok AND age > 0", "ok OR mail IS NULL", "greatest(age, 10, null)", "least('b', name)", "to_json(struct(name, age, ok))", "named_struct('a', age, 'b', array(name))",
)
LINES = (
    "regexp_extract(line, '(\\\\w+) +\\\\[([^]]*)\\\\]', 2)", "regexp_extract(line, 'took=([0-9.]+)(ms|s)', 1)", "try_cast(regexp_extract(line, 'took=([0-9.]+)', 1) AS DOUBLE)",
    "to_timestamp(substring(line, 1, 19), 'yyyy-MM-dd HH:mm:ss')", "try_to_timestamp(substring(line, 1, 19), 'yyyy-MM-dd HH:mm:ss')", "parse_url('http://h' || regexp_extract(line, 'path=(\\\\S+)', 1), 'QUERY', 'x')",
    "url_decode(regexp_extract(line, 'y=(\\\\S+)', 1))", "str_to_map(split_part(line, '?', 2), '&', '=')", "size(split(line, ' '))", "regexp_count(line, '[0-9]+')", "regexp_instr(line, 'took')", "regexp_substr(line, '\\\\d{2}:\\\\d{2}')",
    "split(line, '\\\\s*[=?&]\\\\s*', 3)", "regexp_replace(line, '(\\\\w+)=(\\\\w+)', '$2=$1')", "transform(split(line, ' '), w -> length(w))", "filter(split(line, ' '), w -> w LIKE '%=%')", "array_join(slice(split(line, ' '), 1, 2), 'T')", "element_at(split(line, ' '), -1)",
)
TIMES = (
    "date_format(t, 'yyyy-MM-dd HH:mm:ss.SSS XXX')", "date_format(t, \"yyyy-MM-dd'T'HH:mm:ssZ\")", "date_format(t, 'EEE, dd MMM yyyy hh:mm a')", "date_trunc('week', t)", "date_trunc('quarter', t)", "date_trunc('hour', t)", "to_date(t)", "cast(t AS date)", "cast(t AS string)", "cast(t AS long)", "cast(t AS double)", "hour(t)", "dayofweek(d)", "weekofyear(d)",
    "extract(epoch FROM t)", "last_day(d)", "next_day(d, 'Mon')", "add_months(d, 1)", "add_months(d, -12)", "months_between(t, d)", "datediff(d, '2024-01-01')", "d + INTERVAL 1 MONTH", "t + INTERVAL 1 DAY", "t + INTERVAL 24 HOURS", "t - INTERVAL '1 02:03:04.5' DAY TO SECOND", "t - n", "n - t", "t - TIMESTAMP'2024-01-01 00:00:00'", "d - DATE'2024-01-01'", "timestampdiff(HOUR, n, t)", "timestampadd(MONTH, 1, t)",
    "from_unixtime(u)", "from_unixtime(u, 'yyyy-MM-dd HH:mm')", "timestamp_seconds(u)", "unix_timestamp(t)", "from_utc_timestamp(t, 'Europe/Amsterdam')", "to_utc_timestamp(t, 'Europe/Amsterdam')", "convert_timezone('UTC', 'Asia/Tokyo', n)", "cast(n AS timestamp)", "cast(t AS timestamp_ntz)", "cast(cast(t AS string) AS timestamp) = t", "date_add(d, int(u % 7))", "trunc(d, 'year')", "sequence(d, add_months(d, 2), INTERVAL 1 MONTH)", "sequence(t, t + INTERVAL 2 HOURS, INTERVAL 1 HOUR)", "make_date(year(d), month(d), 1)", "date_part('doy', t)", "t BETWEEN '2024-01-01' AND '2024-06-30'", "t > DATE'2024-03-10'", "d = '2024-03-10'", "to_char(d, 'dd.MM.yy')", "unix_date(d)", "date_from_unix_date(int(u % 20000))", "monthname(d)", "dayname(d)",
)
NUMBERS = (
    "round(p, 2)", "bround(p, 2)", "round(p, -1)", "floor(p)", "ceil(p, 1)", "p * p", "p / i", "p / 3", "p % 3", "q * 10", "q + q", "q / 7", "p + d", "p * i", "try_divide(p, i)", "try_add(i, 2147483647)", "i / 2", "i div 2", "i % 2", "pmod(i, 2)", "d % 0.3", "round(d, 0)", "round(f, 1)", "cast(p AS int)", "try_cast(d AS int)", "try_cast(q AS decimal(10,2))", "cast(d AS decimal(20,3))", "try_cast(f AS decimal(10,2))", "cast(d AS string)", "cast(f AS string)", "cast(p AS string)", "cast(f AS double)", "format_number(p, 2)", "format_number(d, 4)", "to_char(p, '99,999.99')", "abs(p)", "sign(p)", "-q", "greatest(p, i)", "least(d, f)", "coalesce(p, 0)", "nanvl(f, 0)", "isnan(f)", "d = f", "f > 1e9", "width_bucket(d, 0, 10, 5)", "log10(d)", "sqrt(d)", "pow(i, 3)", "exp(d)", "ln(p)", "hex(i)", "bin(i)", "conv(i, 10, 16)", "i & 6", "shiftleft(i, 2)", "p > i", "p = 0", "q > d", "hypot(i, 4)", "factorial(i)", "rint(d)", "d / 0.1", "if(i = 0, null, p / i)", "nullif(i, 0)", "p IN (0, 10.005)", "hash(p, d, f)",
)
BASKETS = (
    "array_sort(a)", "sort_array(a)", "sort_array(a, false)", "array_distinct(a)", "array_contains(a, 3)", "array_position(a, 3)", "array_remove(a, 3)", "array_max(a)", "array_min(s)", "size(a)", "cardinality(m)", "array_join(s, ',')", "array_join(s, ',', '?')", "transform(a, (x, i) -> x * i)", "filter(a, x -> x > 1)", "exists(a, x -> x > 2)", "forall(a, x -> x > 0)", "aggregate(a, 0, (acc, x) -> acc + coalesce(x, 0))", "aggregate(a, cast(0 AS double), (acc, x) -> acc + x, acc -> round(acc / 2, 1))", "reduce(s, '', (acc, x) -> acc || coalesce(x, '-'))", "array_sort(s, (l, r) -> CASE WHEN length(l) < length(r) THEN -1 WHEN length(l) > length(r) THEN 1 ELSE 0 END)", "array_sort(r, (l, r) -> coalesce(l.n, 0) - coalesce(r.n, 0))", "transform(r, e -> e.k)", "r.n", "r[0].k", "array_max(transform(r, e -> e.n))", "map_keys(m)", "map_values(m)", "m['x']", "element_at(m, 'y')", "map_entries(m)", "map_filter(m, (k, v) -> v IS NOT NULL)", "transform_values(m, (k, v) -> coalesce(v, 0) + length(k))", "transform_keys(m, (k, v) -> upper(k))", "map_contains_key(m, 'x')", "map_concat(m, map('z', 26))", "map_from_arrays(array('a', 'b'), slice(array(1, 2, 3), 1, 2))", "map_zip_with(m, map('x', 10, 'q', 20), (k, v, w) -> coalesce(v, 0) + coalesce(w, 0))", "flatten(z)", "arrays_zip(a, s)", "zip_with(a, s, (x, y) -> concat_ws(':', x, y))", "arrays_overlap(a, array(3, null))", "array_union(a, array(9, null))", "array_except(a, array(3))", "array_intersect(a, array(3, null))", "array_compact(a)", "array_append(a, 4)", "array_prepend(s, null)", "array_insert(a, 2, 99)", "slice(a, -2, 2)", "concat(a, array(0))", "reverse(a)", "array_repeat(size(a), 2)", "sequence(1, greatest(size(a), 1))", "get(a, 10)", "try_element_at(a, 9)", "a[1]", "posexplode(a)", "sort_array(r)", "array_min(r)", "array_distinct(r)", "to_json(m)", "to_json(r)", "cast(a AS string)", "cast(m AS string)", "cast(r AS string)", "cast(a AS array<string>)", "map_from_entries(transform(filter(r, e -> e.k IS NOT NULL), e -> struct(e.k, e.n)))", "array_size(s)", "a = array(5, 5)", "a < array(4)", "s IS NULL", "hash(a, s)", "xxhash64(m['x'], a)", "struct(a, m).a", "array_position(s, null)", "array_contains(s, '')",
)
DOCUMENTS = (
    "get_json_object(j, '$.user.name')", "get_json_object(j, '$.tags[0]')", "get_json_object(j, '$.tags')", "get_json_object(j, '$.more.a[1].b')", "from_json(j, 'id INT, tags ARRAY<STRING>')", "from_json(j, 'id BIGINT, user STRUCT<name: STRING, age: INT>')", "from_json(j, 'at TIMESTAMP, price DECIMAL(6,2)')", "from_json(j, 'id STRING, user STRING, tags STRING')", "from_json(j, 'at DATE', map('dateFormat', 'dd.MM.yyyy'))", "from_json(j, 'user MAP<STRING, STRING>').user['age']", "from_json(j, 'id INT, _corrupt_record STRING', map('columnNameOfCorruptRecord', '_corrupt_record'))", "from_json(j, 'array<struct<id: int>>')", "json_array_length(get_json_object(j, '$.tags'))", "json_object_keys(j)", "to_json(from_json(j, 'id INT, price DOUBLE'))", "from_json(j, 'price DOUBLE').price + 1", "try_parse_json(j)", "try_variant_get(try_parse_json(j), '$.user.age', 'int')", "schema_of_variant(try_parse_json(j))", "j LIKE '%\"id\"%'",
)
AGGREGATES = (
    "count(*)", "count(amount)", "count(DISTINCT shop)", "count(DISTINCT shop, n)", "sum(amount)", "avg(amount)", "sum(x)", "avg(x)", "min(x)", "max(x)", "sum(n * amount)", "sum(CASE WHEN shop = 'n' THEN amount ELSE 0 END)", "round(avg(amount), 2)", "sum(amount) / count(*)", "sum(amount) FILTER (WHERE shop = 's')", "avg(n) FILTER (WHERE n > 100)", "max(day) - min(day)", "max_by(shop, amount)", "min_by(id, day)", "first(shop, true)", "collect_list(n)", "array_sort(collect_set(shop))", "array_join(array_sort(collect_list(shop)), ',')", "listagg(shop, '|') WITHIN GROUP (ORDER BY id DESC)", "map_from_entries(collect_list(struct(id, n)))", "percentile(n, 0.5)", "median(amount)", "percentile_approx(amount, 0.5)", "stddev(n)", "variance(amount)", "corr(n, id)", "skewness(n)", "mode(n, true)", "approx_count_distinct(n)", "bool_and(n > 0)", "any_value(shop, true)", "count_if(n > 4)", "sum(DISTINCT n)", "avg(DISTINCT amount)", "try_sum(amount)", "try_avg(n)", "max(struct(n, id))", "min(array(n, id))", "regr_avgx(amount, n)", "regr_slope(n, id)", "histogram_numeric(n, 3)", "product(n)", "bit_xor(n)", "kurtosis(id)", "percentile(id, array(0.1, 0.9))", "max_by(id, n)", "min_by(id, n)", "max(shop)", "sum(int(null))", "avg(cast(amount AS float))", "to_json(collect_list(named_struct('i', id, 'a', amount)))",
    "cast(max(cast(day AS string)) AS date)", "sum(amount) * max(amount)", "max(amount) / min(amount)", "make_date(2000 + max(n), 1, 1)", "try_divide(sum(amount), count(*))", "cast(max(cast(shop AS binary)) AS string)", "max(cast(amount AS string)) + 1", "try_cast(max(shop) AS int)", "to_date(min(cast(day AS string)), 'yyyy-MM-dd')", "max_by(amount, id) * 2 / count(*)", "transform(collect_list(amount), x -> x / sum(amount))",
)
WINDOWS = (
    "PARTITION BY shop ORDER BY id", "PARTITION BY shop ORDER BY id ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING", "PARTITION BY shop ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING", "ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING", "ORDER BY id RANGE BETWEEN 1 PRECEDING AND 2 FOLLOWING", "ORDER BY id ROWS 2 PRECEDING",
)
WINDOWED = (
    "sum(amount)", "avg(n)", "count(n)", "count(*)", "min(x)", "max(x)", "sum(x)", "first(n)", "last(n, true)", "nth_value(n, 2)", "collect_list(n)", "max_by(id, n)", "min_by(id, n)", "stddev(n)", "sum(n) FILTER (WHERE n > 1)", "avg(amount)", "any_value(shop)", "percentile(n, 0.5)", "approx_count_distinct(n)", "count_if(n = 5)", "variance(amount)", "corr(n, id)", "listagg(shop, ',')",
)
PLACED = (
    "lag(amount, 1, 0)", "lead(day) IGNORE NULLS", "row_number()", "amount - lag(amount)", "ntile(4)", "percent_rank()", "cume_dist()", "lag(id, 2, -1)", "datediff(day, lag(day))", "sum(sum(n))",
)

CASES = [
    Cases("people", STRINGS, ansi=BOTH),
    Cases("people", ["cast(age AS byte)", "cast(price AS int)", "to_date(born)", "cast(born AS date)", "to_date(born, 'dd/MM/yyyy')", "repeat(name, 2)", "split(mail, '@')[1]", "element_at(split(mail, '@'), 3)", "to_number(price, '9,999.99')", "bigint(phone)", "ok = 'true'", "age = '36'", "age || ok", "age + price"], ansi=BOTH),
    Cases("logs", LINES, ansi=BOTH, zones=("America/Los_Angeles",)),
    Cases("moments", TIMES, zones=ZONES),
    Cases("money", NUMBERS, ansi=BOTH),
    Cases("baskets", [q for q in BASKETS if q != "posexplode(a)"], ansi=BOTH),
    Cases("documents", DOCUMENTS, zones=ZONES),
    Cases("sales", AGGREGATES, ansi=BOTH),
    Cases("sales", [f"{f} OVER ({w})" for f in WINDOWED for w in WINDOWS]),
    Cases("sales", [f"{f} OVER (PARTITION BY shop ORDER BY id)" for f in PLACED[:2] + PLACED[2:3] + PLACED[4:8]]
          + ["amount - lag(amount) OVER (PARTITION BY shop ORDER BY id)", "datediff(day, lag(day) OVER (ORDER BY id))", *(f"array_sort(collect_set(n) OVER ({w}))" for w in WINDOWS),
             "sum(n) OVER (ORDER BY day RANGE BETWEEN INTERVAL 3 DAYS PRECEDING AND CURRENT ROW)"]),
    Cases("nobody", ["sum(i)", "sum(p)", "avg(d)", "count(*)", "count(DISTINCT s)", "max(s)", "collect_list(s)", "listagg(s)", "stddev(d)", "percentile(d, array(0.5))", "first(s)", "max_by(s, i)", "count_if(i > 0)", "bool_or(i > 0)", "approx_count_distinct(s)", "mode(s)", "coalesce(sum(i), 0)", "sum(i) + 1", "regr_count(d, i)", "histogram_numeric(d, 2)"]),
    Cases("", ["date'2024-01-31' + INTERVAL 1 MONTH", "TIMESTAMP'2024-03-09 02:30:00' + INTERVAL 1 DAY", "timestamp'2024-03-10 02:30:00'", "to_timestamp('2024-02-30', 'yyyy-MM-dd')", "cast('2024-1-5' AS date)", "cast('2024-01-01 1:2:3' AS timestamp)", "cast('10:11' AS timestamp) IS NOT NULL", "cast(' 12 ' AS int)", "cast('12.9' AS int)", "cast('1e2' AS double)", "cast('0x1p3' AS double)", "cast('NaN' AS float)", "cast('inf' AS double)", "cast('tRuE' AS boolean)", "cast('yes' AS boolean)", "cast(1.999 AS decimal(3,2))", "cast(12345.67 AS decimal(5,2))", "0.1 + 0.2", "0.1D + 0.2D", "1 / 0", "1.0 % 0", "2147483647 + 1", "cast(300 AS tinyint)", "array(1, 2)[5]", "map('a', 1)['b']", "substring('hello', 0, 2)", "substring('hello', -3)", "'a' || null", "1 = '1.0'", "'10' > '9'", "10 > '9'", "date'2024-01-01' > '2023'", "if(null, 1, 2)", "null and false", "not null", "round(2.5)", "round(-2.5D)", "bround(2.5)", "round(1234.567, -2)", "sha1('a')", "conv('ff', 16, 10)", "array(1, 2.5, null)", "array(1, 'a')", "map(1, 'a', 2L, 'b')", "map('a', 1, 'a', 2)", "struct(1, 'a').col1", "named_struct('a', 1).b", "typeof(1.10)", "typeof(array(1, null))", "typeof(interval 1 day)", "interval '1' day + interval '1' month", "interval 90 minutes", "cast(interval 90 minutes AS string)", "interval '1 2' day to hour / 2", "extract(minute from interval 90 minutes)", "make_date(2023, 2, 29)", "try_to_date('2023-02-29')", "nvl(null, 'x')", "elt(3, 'a', 'b')", "space(3) || '|'", "lpad('abc', 2)", "overlay('abcdef', 'XX', 2)", "char(0x1F600)", "'\\u00e9' = 'é'", "len('a\\tb')", "r'a\\tb'", "array_sort(array('b', null, 'A'))", "sort_array(array(double('nan'), 1, null))", "array_max(array(1D, double('nan')))", "greatest(1D, double('nan'))", "double('nan') = double('nan')", "-0.0D = 0.0D", "cast(-0.0D AS string)", "1e-7", "cast(1e7D AS string)", "cast(123456789.0F AS string)", "cast(1.0E-5D AS string)", "cast(0.00000001 AS string)", "format_number(1234567.891, '#,##0.0')", "format_string('%05.1f|%,d|%x|%e', 3.14159D, 1234567, 255, 12345.678D)", "format_string('%s', null)", "printf('%d%%', 5)", "aes_decrypt(aes_encrypt('x', '0123456789abcdef'), '0123456789abcdef')", "parse_url('https://u:p@h.com:8080/p/q?a=1#f', 'HOST')", "parse_url('https://u:p@h.com:8080/p/q?a=1#f', 'FILE')", "url_encode('a b&c')", "from_csv('1,a', 'x INT, y STRING')", "schema_of_json('{\"a\": [1, 2.5]}')", "raise_error('no')", "assert_true(1 > 2)", "bigint('9223372036854775808')", "cast('abc' AS decimal(5,1))", "to_number('12.5', '99.9')", "to_char(12.5, '000.00')", "try_divide(1, 0)", "try_subtract(date'2024-01-01', 1)", "try_element_at(array(1), 2)", "try_to_timestamp('x')", "sequence(5, 1, -2)", "sequence(1, 5, -1)", "size(null)", "array_repeat('a', -1)", "slice(array(1, 2), 0, 1)", "element_at(array(1, 2), 0)", "flatten(array(array(1), null))", "luhn_check('79927398713')", "equal_null(null, null)", "zeroifnull(null)", "nullifzero(0)", "isnotnull(null)", "months_between('2024-03-31', '2024-02-29')", "timestampdiff(MONTH, timestamp'2024-01-31 00:00:00', timestamp'2024-02-29 00:00:00')", "make_timestamp(2024, 3, 10, 2, 30, 0)", "to_unix_timestamp('2024-03-10 03:00:00')", "date_format(timestamp'2024-03-10 12:00:00', 'YYYY')", "date_format('2024-03-10', 'yyyyMMdd')", "unix_timestamp('bad')", "from_unixtime(0)", "to_date('31.12.2023', 'dd.MM.yyyy')", "to_timestamp('2024-02-29 12:00 +0200', 'yyyy-MM-dd HH:mm Z')", "to_timestamp('29/Feb/2024:12:00:00 +0000', 'dd/MMM/yyyy:HH:mm:ss Z')", "date_trunc('dekade', timestamp'2024-01-01 00:00:00')", "trunc('2024-08-15', 'Q')", "weekday('2024-03-10')", "bit_count(-1)", "hex('Spark')", "unhex('4D7')", "decode(unhex('C3A9'), 'UTF-8')", "crc32('a')"], ansi=BOTH),
]  # fmt: skip
