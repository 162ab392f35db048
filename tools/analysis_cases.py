"""Queries whose analysis is compared with Spark's: see ``harvest_analysis.py``."""

from __future__ import annotations

VIEWS = {
    "t": "SELECT * FROM VALUES (1, 'x', 1.5, true, DATE '2020-01-01', array(1, 2), map('k', 1),"
    " named_struct('f', 1, 'g', 'z')) AS t(a, s, d, b, dt, arr, m, st)",
    "u": "SELECT * FROM VALUES (1, 'x', 2L, CAST(1.5 AS DOUBLE)) AS u(a, s, l, f)",
    "n": "SELECT * FROM VALUES (1, CAST(NULL AS STRING), 1S, 2Y, 3.25F, TIMESTAMP '2020-01-01"
    " 00:00:00', X'01'), (NULL, 'y', NULL, NULL, NULL, NULL, NULL) AS n(i, z, sh, by, fl, ts, bin)",
    "w": "SELECT * FROM VALUES (1, 10, 'p', CAST(5 AS DECIMAL(10, 2))), (2, 20, 'q', NULL)"
    " AS w(k, v, g, price)",
    "nest": "SELECT array(named_struct('x', 1, 'y', 'a')) AS rows, named_struct('in',"
    " named_struct('deep', 1L)) AS o, map(1, 'one') AS names",
}

NAMES = """
SELECT * FROM t
SELECT t.* FROM t
SELECT A, S FROM t
SELECT T.A FROM t
SELECT t.a AS b, a c FROM t
SELECT a + 1 FROM t
SELECT (a + 1) * 2 FROM t
SELECT -a, +a, ~a FROM t
SELECT a - 1, a * 2, a / 2, a % 2, a div 2 FROM t
SELECT a & 1, a | 1, a ^ 1 FROM t
SELECT a = 1, a == 1, a <> 1, a != 1, a < 1, a <= 1, a > 1, a >= 1, a <=> 1 FROM t
SELECT a > 1 AND b, a > 1 OR b, NOT b FROM t
SELECT a IS NULL, a IS NOT NULL FROM t
SELECT a IN (1, 2), a NOT IN (1, 2) FROM t
SELECT b IS TRUE, b IS NOT FALSE, b IS UNKNOWN FROM t
SELECT a BETWEEN 1 AND 2, a NOT BETWEEN 1 AND 2 FROM t
SELECT s LIKE 'x%', s NOT LIKE 'x%', s RLIKE 'x', s ILIKE 'X' FROM t
SELECT CAST(a AS STRING), CAST(a + 1 AS STRING), a::bigint, TRY_CAST(s AS INT) FROM t
SELECT CAST(st.f AS STRING), CAST(t.a AS STRING) FROM t
SELECT CASE WHEN a > 1 THEN 'x' END, CASE WHEN a > 1 THEN 1 ELSE 2 END FROM t
SELECT CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' ELSE 'z' END FROM t
SELECT IF(b, 1, 2), nullif(a, 1), coalesce(a, 2), nvl(a, 1), ifnull(a, 1), nvl2(a, 1, 2) FROM t
SELECT 1, 1L, 1S, 1Y, 1.5, 1.5D, 1.5F, 1.5BD, 1e3, 'abc', true, null FROM t
SELECT DATE '2020-01-01', TIMESTAMP '2020-01-01 01:02:03', X'1f' FROM t
SELECT TIMESTAMP '2020-01-01 01:02:03.5', TIMESTAMP_NTZ '2020-01-01 01:02:03' FROM t
SELECT INTERVAL '1' DAY, INTERVAL '1-2' YEAR TO MONTH, INTERVAL 3 HOURS FROM t
SELECT INTERVAL '1 2:03:04' DAY TO SECOND, INTERVAL 1 MONTH FROM t
SELECT 1.0 + 1, 10000000000, 3000000000 + 1, -5, 1.10, 100.00 FROM t
SELECT 1e10, 1.0E-5D, 123456789.0D, 0.001D, 0.0001D, 1.0F FROM t
SELECT s || 'x', concat(s, 'x'), s || a FROM t
SELECT arr[0], m['k'], st.f, st.g, t.st.f FROM t
SELECT st['f'], st.f + 1 FROM t
SELECT m.k FROM t
SELECT rows.x, rows[0].x, o.in.deep, names[1] FROM nest
SELECT o.* FROM nest
SELECT o.in.* FROM nest
SELECT st.* FROM t
SELECT array(1, 2), map('a', 1), struct(a, s), named_struct('q', a) FROM t
SELECT struct(a, a + 1, s AS z) FROM t
SELECT struct(st.f, 1) FROM t
SELECT (a, s) FROM t
SELECT count(*), count(1), count(a), count(DISTINCT a) FROM t
SELECT count(a, s), count(DISTINCT a, s) FROM t
SELECT sum(a), sum(DISTINCT a), avg(a), min(a), max(s) FROM t
SELECT sum(a) FILTER (WHERE b), count(*) FILTER (WHERE a > 1) FROM t
SELECT mean(a), first(a), last(a), any_value(a) FROM t
SELECT first(a) IGNORE NULLS, first(a, true) FROM t
SELECT max(a) + 1, sum(a) / count(*) FROM t
SELECT collect_list(a), collect_set(s) FROM t
SELECT stddev(a), std(a), stddev_samp(a), variance(a), var_pop(a) FROM t
SELECT bool_and(b), every(b), bool_or(b), some(b), any(b) FROM t
SELECT min_by(a, s), max_by(a, s), count_if(b) FROM t
SELECT approx_count_distinct(a), corr(a, d) FROM t
SELECT percentile(a, 0.5), median(a), percentile_approx(a, 0.5) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a DESC) FROM t
SELECT listagg(s, ',') WITHIN GROUP (ORDER BY s) FROM t
SELECT mode(a) FROM t
SELECT row_number() OVER (ORDER BY a) FROM t
SELECT rank() OVER (PARTITION BY s ORDER BY a DESC) FROM t
SELECT dense_rank() OVER (ORDER BY a NULLS LAST), percent_rank() OVER (ORDER BY a) FROM t
SELECT cume_dist() OVER (ORDER BY a), ntile(4) OVER (ORDER BY a) FROM t
SELECT lag(a) OVER (ORDER BY a), lead(a, 2, 0) OVER (ORDER BY a) FROM t
SELECT sum(a) OVER (), count(*) OVER (PARTITION BY s) FROM t
SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING) FROM t
SELECT sum(a) OVER (ORDER BY a RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM t
SELECT sum(a) OVER (ORDER BY a ROWS 2 PRECEDING) FROM t
SELECT first_value(a) OVER (ORDER BY s), nth_value(a, 2) OVER (ORDER BY s) FROM t
SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY s)
SELECT sum(a) OVER w, avg(d) OVER v FROM t WINDOW w AS (PARTITION BY s), v AS (ORDER BY a)
SELECT sum(a) OVER (PARTITION BY s, b ORDER BY a, d DESC) AS x FROM t
SELECT sum(a) OVER (ORDER BY dt RANGE BETWEEN INTERVAL 1 DAY PRECEDING AND CURRENT ROW) FROM t
SELECT transform(arr, x -> x + 1), filter(arr, x -> x > 1) FROM t
SELECT transform(arr, (x, i) -> x + i), exists(arr, x -> x = 1) FROM t
SELECT aggregate(arr, 0, (acc, x) -> acc + x) FROM t
SELECT aggregate(arr, 0, (acc, x) -> acc + x, acc -> acc * 10) FROM t
SELECT transform_values(m, (k, v) -> v + 1), map_filter(m, (k, v) -> v > 1) FROM t
SELECT zip_with(arr, arr, (x, y) -> x + y), forall(arr, x -> x > 0) FROM t
SELECT (SELECT max(a) FROM u) FROM t
SELECT (SELECT max(a) FROM u) + 1 FROM t
SELECT (SELECT max(l) FROM u WHERE u.a = t.a) FROM t
SELECT EXISTS (SELECT 1 FROM u), a IN (SELECT a FROM u) FROM t
SELECT a NOT IN (SELECT a FROM u) FROM t
SELECT (a, s) IN (SELECT a, s FROM u) FROM t
SELECT explode(arr) FROM t
SELECT explode(arr) AS x FROM t
SELECT a, explode(m) FROM t
SELECT a, explode(m) AS (k, v) FROM t
SELECT posexplode(arr) FROM t
SELECT explode_outer(arr) FROM t
SELECT inline(rows) FROM nest
SELECT stack(2, 1, 'a', 2, 'b') FROM t
SELECT substr(s, 1, 2), substring(s, 2), upper(s), trim(s) FROM t
SELECT split(s, ','), regexp_replace(s, 'a', 'b') FROM t
SELECT round(d, 1), round(d), abs(a), pow(a, 2), sqrt(a) FROM t
SELECT year(dt), date_add(dt, 1), datediff(dt, dt), extract(month FROM dt) FROM t
SELECT to_date(s), to_timestamp(s), date_format(dt, 'y') FROM t
SELECT size(arr), array_contains(arr, 1), element_at(arr, 1), map_keys(m) FROM t
SELECT greatest(a, 2), least(a, 1.5), mod(a, 2), length(s) FROM t
SELECT current_date, current_date() FROM t
SELECT `a`, t.`s` FROM t
SELECT a AS `x y`, 1 AS `a.b` FROM t
SELECT `x y` + 1 FROM (SELECT a AS `x y` FROM t)
SELECT `a.b` + 1 FROM (SELECT a AS `a.b` FROM t)
SELECT a, a FROM t
SELECT a FROM (SELECT a, a FROM t)
SELECT * EXCEPT (a, s) FROM t
SELECT t.* EXCEPT (a) FROM t
SELECT hash(a), md5(s), typeof(a) FROM t
SELECT now() IS NULL, isnull(a), isnotnull(a) FROM t
SELECT try_add(a, 1), try_divide(a, 0) FROM t
SELECT a + NULL, NULL + NULL, NULL = a FROM t
SELECT array(), map(), array(NULL) FROM t
SELECT 'it''s', "dq" FROM t
"""

TYPES = """
SELECT i + sh, sh + by, i + fl, i + 1L, sh * 2S FROM n
SELECT i / sh, fl / 2, sh / by FROM n
SELECT d + 1, d * d, d / 3, d % 2, d - 1.25, -d FROM t
SELECT d + 1L, d + a, d * 100, d + 1.0D, d div 2 FROM t
SELECT price + 1, price * 2, price / 3, price + k, price * price, price / price FROM w
SELECT price = 5, price > 5.123, price = k, price = 5.0D FROM w
SELECT sum(price), avg(price), sum(v), avg(v), min(price) FROM w
SELECT '1' + 1, '1' + 1.5, '1' + '2', '1' * 2L FROM t
SELECT a = '1', a > '1.5', d = '1.5', dt = '2020-01-01', b = 'true' FROM t
SELECT dt + 1, dt - 1, dt - dt, dt + INTERVAL 1 MONTH, dt + INTERVAL 1 DAY FROM t
SELECT ts + INTERVAL 1 HOUR, ts - ts, ts - INTERVAL '1' DAY, ts > DATE '2020-01-01' FROM n
SELECT dt + INTERVAL 1 HOUR, 1 + dt FROM t
SELECT INTERVAL 1 DAY * 2, INTERVAL 1 DAY / 2, INTERVAL 1 DAY + INTERVAL 1 HOUR FROM t
SELECT INTERVAL 1 MONTH * 1.5, -INTERVAL 1 DAY FROM t
SELECT coalesce(a, 1.5), coalesce(a, 'x'), coalesce(NULL, a), coalesce(dt, ts) FROM t, n
SELECT CASE WHEN b THEN 1 ELSE 1.5 END, CASE WHEN b THEN 1 ELSE 1L END FROM t
SELECT CASE WHEN b THEN dt ELSE ts END, CASE WHEN b THEN NULL ELSE 1 END FROM t, n
SELECT IF(b, 1, 'x'), IF(b, NULL, 1), IF(b, 1.50, 1) FROM t
SELECT array(1, 2L), array(1, 1.5), array(1, 'x'), array(NULL, 1) FROM t
SELECT map('a', 1, 'b', 2L), map(1, NULL) FROM t
SELECT array(array(1), array(1L)), array(named_struct('a', 1), named_struct('a', 1L)) FROM t
SELECT a IN (1, 2L), a IN (1.5, 2), a IN ('1', '2'), d IN (1, 2) FROM t
SELECT greatest(1, 2L, 1.5), least(1, '2') FROM t
SELECT arr = array(1L), st = named_struct('f', 1, 'g', 'z') FROM t
SELECT i = sh, i = fl, i <=> NULL, z = 'x', bin = X'01' FROM n
SELECT sum(sh), sum(fl), avg(i), sum(by), max(ts), min(z) FROM n
SELECT count(i), i + 1, z IS NULL, i > 1 AND z = 'x' FROM n GROUP BY ALL
SELECT sum(INTERVAL 1 DAY), avg(INTERVAL 1 MONTH) FROM t
SELECT CAST(a AS DECIMAL(5, 1)), CAST(s AS DATE), CAST(d AS INT), CAST(b AS INT) FROM t
SELECT CAST(arr AS ARRAY<STRING>), CAST(st AS STRUCT<x: BIGINT, y: STRING>) FROM t
SELECT CAST(m AS MAP<STRING, DOUBLE>), CAST(NULL AS INT) FROM t
SELECT sh & by, i | sh, i ^ 1L, ~sh FROM n
SELECT 1 << 2, 1L >> 1, 1 >>> 1, shiftleft(a, 1) FROM t
SELECT a % 2.5, a % 2L, a div 2L, pmod(a, 3) FROM t
SELECT 'true' AND b, b OR NULL, NOT NULL FROM t
SELECT s = NULL, s > 1, s || 1.5 || b FROM t
SELECT concat(arr, arr), concat(s, a), concat('a', X'01') FROM t
SELECT 99999 * 1.5, 0.1 + 0.2, 1.0 / 3, 1 / 3, 5 / 2.0 FROM t
SELECT 12345678901234567890, 1234567890123456789012345678.5 * 10 FROM t
SELECT max(struct(a, s)), min(arr) FROM t
SELECT first(st), last(m), any_value(arr) FROM t
SELECT st.f = 1, arr[a], arr[0] + 1, m[s] FROM t
SELECT length('abc'), length(a), length(X'01') FROM t
SELECT upper(1), lower(b), substr(123, 1) FROM t
SELECT date_add('2020-01-01', 1), year('2020-01-01'), date_add(dt, 1S) FROM t
SELECT round(2.567, 2), round(a, -1), round(f), ceil(1.5), floor(-1.5), ceil(a) FROM t, u
SELECT abs(d), abs(-1), sign(a), sqrt(d), pow(2, 3), exp(1) FROM t
SELECT element_at(m, 'k'), element_at(arr, 1), array_position(arr, 1L) FROM t
SELECT array_contains(arr, 1L), array_append(arr, 2L), array_union(arr, array(1L)) FROM t
SELECT sequence(1, 5), sequence(dt, dt, INTERVAL 1 DAY), flatten(array(arr)) FROM t
SELECT transform(arr, x -> CAST(x AS STRING)), transform(arr, x -> struct(x)) FROM t
SELECT aggregate(arr, 0L, (acc, x) -> acc + x) FROM t
SELECT nullif(a, 1L), nullif(s, 'x'), nvl(s, 'a'), nvl(z, 'b') FROM t, n
SELECT true = 1, b = 1 FROM t
"""

CLAUSES = """
SELECT a, count(*) FROM t GROUP BY a
SELECT a + 1, count(*) FROM t GROUP BY a + 1
SELECT a + 1 AS x, count(*) AS c FROM t GROUP BY x
SELECT a, s, sum(d) FROM t GROUP BY 1, 2
SELECT a, s, sum(d) FROM t GROUP BY ALL
SELECT a + 1 AS q, sum(d) / 2 FROM t GROUP BY ALL
SELECT s, sum(a) FROM t GROUP BY s HAVING sum(a) > 1
SELECT s, sum(a) AS x FROM t GROUP BY s HAVING x > 1
SELECT s FROM t GROUP BY s HAVING count(*) > 1 AND s <> 'q'
SELECT s FROM t GROUP BY s HAVING max(d) > 1 ORDER BY min(a)
SELECT count(*) FROM t HAVING count(*) > 0
SELECT s, sum(a) FROM t GROUP BY s ORDER BY sum(a) DESC, s
SELECT s FROM t GROUP BY s ORDER BY sum(a) + 1
SELECT upper(s) FROM t GROUP BY s ORDER BY s
SELECT s AS x FROM t GROUP BY s ORDER BY x
SELECT a FROM t ORDER BY d
SELECT a AS d FROM t ORDER BY d
SELECT a, s FROM t ORDER BY 2, 1 DESC
SELECT a, s FROM t ORDER BY ALL
SELECT a AS x FROM t ORDER BY x + 1
SELECT a AS x FROM t ORDER BY a
SELECT t.a FROM t ORDER BY t.a
SELECT DISTINCT a FROM t ORDER BY a
SELECT a FROM t SORT BY s
SELECT a FROM t DISTRIBUTE BY s
SELECT a FROM t CLUSTER BY s
SELECT a FROM t LIMIT 10
SELECT a FROM t LIMIT 10 OFFSET 5
SELECT a FROM t LIMIT 5 + 5
SELECT a FROM t LIMIT ALL
SELECT s, b, sum(a) FROM t GROUP BY ROLLUP (s, b)
SELECT s, b, sum(a), grouping(s), grouping_id() FROM t GROUP BY CUBE (s, b)
SELECT s, b, grouping_id(s, b) FROM t GROUP BY CUBE (s, b)
SELECT s, b, count(*) FROM t GROUP BY GROUPING SETS ((s, b), (s), ())
SELECT s, sum(a) FROM t GROUP BY s WITH ROLLUP
SELECT s, sum(a) FROM t GROUP BY s WITH CUBE
SELECT s, sum(a) AS x FROM t GROUP BY ROLLUP (s) HAVING grouping(s) = 1
SELECT s, sum(a) FROM t GROUP BY ROLLUP (s) ORDER BY s
SELECT s, sum(a) FROM t GROUP BY ROLLUP (1)
SELECT upper(s), sum(a) FROM t GROUP BY ROLLUP (upper(s))
SELECT s, rank() OVER (ORDER BY sum(a)) FROM t GROUP BY s
SELECT s, sum(sum(a)) OVER () FROM t GROUP BY s
SELECT s, sum(a), sum(sum(a)) OVER (PARTITION BY s ORDER BY max(d)) AS r FROM t GROUP BY s
SELECT a, row_number() OVER (ORDER BY s) AS r FROM t QUALIFY r = 1
SELECT a FROM t QUALIFY row_number() OVER (ORDER BY s) = 1
SELECT s, sum(a) FROM t GROUP BY s QUALIFY rank() OVER (ORDER BY sum(a)) = 1
SELECT * FROM t JOIN u ON t.a = u.a
SELECT t.a, u.l FROM t JOIN u ON t.a = u.a AND t.s = u.s
SELECT * FROM t JOIN u USING (a)
SELECT a, t.a, u.a FROM t JOIN u USING (a)
SELECT * FROM t LEFT JOIN u USING (a, s)
SELECT * FROM t RIGHT JOIN u USING (a)
SELECT * FROM t FULL JOIN u USING (a)
SELECT a, u.a, t.a FROM t FULL OUTER JOIN u USING (a)
SELECT * FROM t NATURAL JOIN u
SELECT * FROM t LEFT SEMI JOIN u ON t.a = u.a
SELECT * FROM t LEFT ANTI JOIN u USING (a)
SELECT t.a, l FROM t LEFT JOIN u ON t.a = u.a
SELECT t.a, l FROM t FULL JOIN u ON t.a = u.a
SELECT t.*, u.l FROM t CROSS JOIN u
SELECT t.a FROM t, u WHERE t.a = u.a AND u.l > 1
SELECT x.a, y.a FROM t x JOIN t y ON x.a = y.a
SELECT u.a FROM t JOIN u USING (a) WHERE u.a > 1 ORDER BY t.a
SELECT t.a FROM t JOIN u USING (a) JOIN w ON w.k = u.a
SELECT * FROM t JOIN u USING (a) JOIN n ON i = a
SELECT k FROM w JOIN (SELECT a AS k FROM u) USING (k)
SELECT * FROM t, LATERAL (SELECT l FROM u WHERE u.a = t.a)
SELECT t.a, x.l FROM t LEFT JOIN LATERAL (SELECT l FROM u WHERE u.a = t.a) x ON true
SELECT a, e.col FROM t, LATERAL explode(arr) e
SELECT a, x FROM t LATERAL VIEW explode(arr) e AS x
SELECT a, k, v FROM t LATERAL VIEW OUTER explode(m) e AS k, v
SELECT a, e.x, y FROM t LATERAL VIEW explode(arr) e AS x LATERAL VIEW explode(array(e.x)) f AS y
SELECT a FROM t UNION SELECT l FROM u
SELECT a FROM t UNION ALL SELECT a FROM u UNION ALL SELECT i FROM n
SELECT a, s FROM t INTERSECT SELECT a, s FROM u
SELECT a FROM t EXCEPT SELECT l FROM u
SELECT a FROM t UNION ALL SELECT d FROM t
SELECT a FROM t UNION ALL SELECT 'x'
SELECT NULL AS x UNION ALL SELECT 1
SELECT a AS x FROM t UNION ALL SELECT i FROM n
SELECT arr FROM t UNION SELECT array(1L, NULL)
SELECT a FROM t UNION SELECT a FROM u ORDER BY a LIMIT 1
WITH c AS (SELECT a, s FROM t) SELECT * FROM c
WITH c(x, y) AS (SELECT a, s FROM t) SELECT x, c.y FROM c
WITH c AS (SELECT a FROM t), d AS (SELECT a + 1 AS z FROM c) SELECT c.a, d.z FROM c JOIN d
WITH t AS (SELECT 1 AS only) SELECT * FROM t
SELECT * FROM (WITH c AS (SELECT a FROM t) SELECT * FROM c)
SELECT * FROM (SELECT a, d FROM t) q (x, y)
SELECT q.x FROM (SELECT a AS x FROM t) AS q WHERE q.x > 0
SELECT a FROM t WHERE a IN (SELECT l FROM u)
SELECT a FROM t WHERE EXISTS (SELECT * FROM u WHERE u.a = t.a)
SELECT a FROM t WHERE a > (SELECT avg(a) FROM u WHERE u.s = t.s)
SELECT a FROM t WHERE a = (SELECT max(a) FROM t)
SELECT s FROM t GROUP BY s HAVING sum(a) > (SELECT max(a) FROM u)
SELECT a + 1 AS x, x * 2 AS y FROM t
SELECT a AS x, x + 1 AS y, y + 1 AS z FROM t
SELECT sum(a) AS x, x + 1 AS y FROM t
SELECT s, sum(a) AS x, x / 2 AS h FROM t GROUP BY s
SELECT a AS x, sum(x) OVER () AS z FROM t
SELECT a AS s, s FROM t
SELECT * FROM VALUES (1, 'a'), (2, NULL)
SELECT * FROM VALUES (1), (2.5), (NULL) AS v(x)
SELECT * FROM VALUES 1, 2
SELECT * FROM (VALUES (1, 2L), (3L, 4)) AS v(x, y)
SELECT * FROM range(10)
SELECT * FROM range(1, 10, 2) r(x)
SELECT id + 1 FROM range(0, 10)
SELECT * FROM explode(array(1, 2))
SELECT * FROM explode(array(1, 2)) AS e(x)
SELECT * FROM w PIVOT (sum(v) FOR g IN ('p', 'q'))
SELECT * FROM w PIVOT (sum(v) AS t, max(v) FOR g IN ('p' AS x, 'q'))
SELECT * FROM w PIVOT (count(*) FOR k IN (1, 2))
SELECT * FROM (SELECT k, v FROM w) UNPIVOT (val FOR name IN (k, v))
SELECT * FROM (SELECT k, v, price FROM w) UNPIVOT (val FOR name IN (v AS vv, price))
SELECT * FROM (SELECT k, v FROM w) UNPIVOT INCLUDE NULLS (val FOR name IN (v))
SELECT * FROM (SELECT 1 a, 2 b, 3 c, 4 d) UNPIVOT ((x, y) FOR n IN ((a, b), (c, d) AS two))
SELECT /*+ BROADCAST(u) */ t.a FROM t JOIN u ON t.a = u.a
SELECT /*+ REPARTITION(3) */ a FROM t
SELECT a FROM t TABLESAMPLE (10 PERCENT)
SELECT a FROM t TABLESAMPLE (5 ROWS)
SELECT 1
SELECT 1 WHERE false
SELECT a FROM t WHERE b
SELECT a FROM t WHERE NULL
SELECT t.a FROM t AS t2 JOIN t ON t.a = t2.a
SELECT DISTINCT s, a FROM t
SELECT count(*) FROM (SELECT DISTINCT a FROM t)
SELECT max(a) FROM t WHERE s = 'x'
TABLE t
FROM t SELECT a
SELECT s, collect_list(a) AS xs FROM t GROUP BY s HAVING size(xs) > 0
SELECT explode(collect_list(a)) FROM t
SELECT a, explode(arr) AS x, a + 1 FROM t
SELECT CASE WHEN sum(a) > 1 THEN 'big' END FROM t
SELECT s, CASE WHEN s = 'x' THEN sum(a) ELSE 0 END FROM t GROUP BY s
SELECT a % 2, count(*) FROM t GROUP BY a % 2 ORDER BY a % 2
SELECT year(dt) AS y, sum(a) FROM t GROUP BY year(dt) ORDER BY y
SELECT 'lit', sum(a) FROM t
SELECT st.f, count(*) FROM t GROUP BY st.f
SELECT t.s, count(*) FROM t GROUP BY s
SELECT s FROM t GROUP BY t.s
"""

ERRORS = """
SELECT x FROM t
SELECT aa + 1 FROM t
SELECT t.z FROM t
SELECT q.a FROM t
SELECT a FROM t WHERE zz = 1
SELECT x
SELECT nofun(a) FROM t
SELECT db.nofun(a) FROM t
SELECT * FROM nope
SELECT * FROM a.b.c
SELECT a FROM t JOIN u
SELECT a FROM t JOIN u ON t.a = u.a
SELECT s FROM t, u, n
SELECT q.* FROM t
SELECT * FROM t JOIN u USING (zz)
SELECT st.q FROM t
SELECT a.q FROM t
SELECT a[0] FROM t
SELECT arr['x'] FROM t
SELECT m[1.5] FROM t
SELECT a + b FROM t
SELECT a + arr FROM t
SELECT dt * 2 FROM t
SELECT dt + dt FROM t
SELECT b + b FROM t
SELECT b AND a FROM t
SELECT a AND a FROM t
SELECT NOT a FROM t
SELECT -b FROM t
SELECT -s, -arr FROM t
SELECT a & d FROM t
SELECT d & d FROM t
SELECT ~d FROM t
SELECT a = b FROM t
SELECT arr = a FROM t
SELECT m = m FROM t
SELECT m < m FROM t
SELECT a IN (b) FROM t
SELECT a IN ('x', b) FROM t
SELECT coalesce(a, b) FROM t
SELECT array(a, b) FROM t
SELECT map(a, 1, 'x', b) FROM t
SELECT CASE WHEN a THEN 1 END FROM t
SELECT CASE WHEN b THEN 1 ELSE arr END FROM t
SELECT IF(a, 1, 2) FROM t
SELECT IF(b, 1, arr) FROM t
SELECT concat(a, arr) FROM t
SELECT length(arr) FROM t
SELECT length() FROM t
SELECT length(s, 1) FROM t
SELECT substr(s) FROM t
SELECT substr(s, 1, 2, 3) FROM t
SELECT substr(s, arr) FROM t
SELECT upper(arr) FROM t
SELECT abs(b) FROM t
SELECT sum(b) FROM t
SELECT sum(s), sum(arr) FROM t
SELECT avg(dt) FROM t
SELECT max(m) FROM t
SELECT count() FROM t
SELECT CAST(dt AS INT) FROM t
SELECT CAST(a AS DATE) FROM t
SELECT CAST(arr AS INT) FROM t
SELECT CAST(b AS TIMESTAMP) FROM t
SELECT CAST(a AS BINARY) FROM t
SELECT CAST(st AS MAP<STRING, INT>) FROM t
SELECT a, sum(d) FROM t
SELECT s, a, sum(d) FROM t GROUP BY s
SELECT a + 1 FROM t GROUP BY s
SELECT * FROM t GROUP BY a
SELECT sum(a) FROM t GROUP BY sum(a)
SELECT a FROM t GROUP BY 3
SELECT a FROM t GROUP BY 0
SELECT sum(a) FROM t GROUP BY 1
SELECT s FROM t GROUP BY s HAVING a > 1
SELECT s FROM t GROUP BY s HAVING sum(a)
SELECT s FROM t GROUP BY s ORDER BY a
SELECT a FROM t ORDER BY 3
SELECT a FROM t ORDER BY zz
SELECT DISTINCT a FROM t ORDER BY s
SELECT a FROM t ORDER BY m
SELECT a FROM t WHERE sum(a) > 1
SELECT a FROM t WHERE a
SELECT a FROM t WHERE 'a'
SELECT a FROM t WHERE row_number() OVER (ORDER BY a) = 1
SELECT sum(sum(a)) FROM t
SELECT sum(a + max(d)) FROM t
SELECT a FROM t ORDER BY row_number() OVER (ORDER BY a)
SELECT row_number() FROM t
SELECT rank() OVER () FROM t
SELECT lag(a) OVER () FROM t
SELECT upper(s) OVER () FROM t
SELECT count(DISTINCT a) OVER () FROM t
SELECT sum(a) OVER w FROM t
SELECT sum(a) OVER (ORDER BY s RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT sum(a) OVER (ORDER BY a, s RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT sum(a) OVER (RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN CURRENT ROW AND 1 PRECEDING) FROM t
SELECT sum(a) OVER (ORDER BY a ROWS BETWEEN a PRECEDING AND CURRENT ROW) FROM t
SELECT row_number() OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t
SELECT sum(rank() OVER (ORDER BY a)) FROM t
SELECT explode(arr) + 1 FROM t
SELECT explode(arr), explode(arr) FROM t
SELECT explode(a) FROM t
SELECT explode(explode(array(arr))) FROM t
SELECT a FROM t WHERE explode(arr) = 1
SELECT a, x FROM t LATERAL VIEW explode(arr) e AS x, y
SELECT explode(m) AS x FROM t
SELECT a FROM t LIMIT -1
SELECT a FROM t LIMIT a
SELECT a FROM t LIMIT 'x'
SELECT a FROM t LIMIT NULL
SELECT a FROM t LIMIT 1.5
SELECT a FROM t LIMIT 1 OFFSET -1
SELECT a FROM t UNION SELECT a, s FROM u
SELECT arr FROM t UNION SELECT a FROM u
SELECT a FROM t INTERSECT SELECT a, s FROM u
SELECT a, s FROM t EXCEPT SELECT a, arr FROM t
SELECT m FROM t INTERSECT SELECT m FROM t
SELECT a FROM t WHERE a = (SELECT a, s FROM u)
SELECT (SELECT a, s FROM u) FROM t
SELECT a FROM t WHERE a IN (SELECT a, s FROM u)
SELECT a FROM t WHERE arr IN (SELECT a FROM u)
SELECT (SELECT l FROM u WHERE u.a = t.a) FROM t
SELECT a FROM t WHERE EXISTS (SELECT zz FROM u)
SELECT * FROM t JOIN u ON t.a
SELECT * FROM t JOIN u ON t.zz = u.a
SELECT * FROM VALUES (1, 2), (3)
SELECT * FROM VALUES (1), (array(1))
SELECT * FROM (SELECT a, s FROM t) q (x)
SELECT * FROM VALUES (1, 2) AS v(x)
WITH c(x) AS (SELECT a, s FROM t) SELECT * FROM c
SELECT * FROM nofun(1)
SELECT * FROM upper('x')
SELECT range(1) FROM t
SELECT transform(arr, (x, y, z) -> x) FROM t
SELECT transform(a, x -> x) FROM t
SELECT filter(arr, x -> x + 1) FROM t
SELECT upper(x -> x) FROM t
SELECT transform(arr, x -> zz) FROM t
SELECT a AS x, s AS x, x FROM t
SELECT grouping(a) FROM t GROUP BY a
SELECT grouping_id() FROM t
SELECT grouping(d) FROM t GROUP BY ROLLUP (a)
SELECT grouping_id(a) FROM t GROUP BY ROLLUP (a, s)
SELECT sum(DISTINCT a) FILTER (WHERE a) FROM t
SELECT upper(DISTINCT s) FROM t
SELECT upper(s) FILTER (WHERE b) FROM t
SELECT * FROM w PIVOT (v FOR g IN ('p'))
SELECT * FROM w PIVOT (sum(v) FOR zz IN ('p'))
SELECT * FROM w PIVOT (sum(v) FOR g IN (k))
SELECT * FROM w UNPIVOT (val FOR name IN (v, g))
SELECT a FROM t QUALIFY a = 1
SELECT date_add(dt, 'x', 1) FROM t
SELECT array_contains(arr, 'x') FROM t
SELECT array_contains(a, 1) FROM t
SELECT element_at(m, 1) FROM t
SELECT nullif(a, arr) FROM t
SELECT greatest(a) FROM t
SELECT greatest(a, b) FROM t
SELECT percentile(a, d) FROM t
SELECT struct(*) FROM nope2
SELECT interval_x FROM t
SELECT named_struct('a') FROM t
SELECT named_struct(a, 1) FROM t
SELECT * EXCEPT (zz) FROM t
SELECT count(*) OVER (ORDER BY m) FROM t
"""

MORE = """
SELECT a FROM (SELECT a, s FROM t) WHERE s = 'x'
SELECT * FROM (SELECT a, count(*) AS c FROM t GROUP BY a) WHERE c > 1
SELECT x.c FROM (SELECT s, count(*) AS c FROM t GROUP BY s HAVING count(*) > 0) x JOIN u ON x.s = u.s
SELECT a FROM t WHERE a IN (SELECT a FROM u WHERE u.s IN (SELECT z FROM n))
SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.a = t.a AND EXISTS (SELECT 1 FROM n WHERE n.i = u.a))
SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE EXISTS (SELECT 1 FROM n WHERE n.i = t.a))
SELECT a, (SELECT count(*) FROM u WHERE u.a = t.a) AS c FROM t ORDER BY c
SELECT (SELECT max(v) FROM w WHERE w.k = t.a) + a FROM t
SELECT max((SELECT max(v) FROM w)) FROM t
SELECT s, (SELECT max(v) FROM w WHERE w.g = t.s) FROM t GROUP BY s
SELECT s FROM t GROUP BY s HAVING EXISTS (SELECT 1 FROM u WHERE u.s = t.s)
SELECT a FROM t UNION SELECT a FROM u UNION ALL SELECT k FROM w
(SELECT a FROM t) UNION ALL (SELECT a FROM u) ORDER BY a
SELECT a FROM t INTERSECT ALL SELECT a FROM u
SELECT a FROM t EXCEPT ALL SELECT a FROM u
SELECT a, sum(a) OVER (ORDER BY a) + 1 AS x FROM t ORDER BY x
SELECT a, sum(a) OVER (ORDER BY a) AS x FROM t ORDER BY s
SELECT s, sum(a) AS total, rank() OVER (PARTITION BY s ORDER BY sum(a) DESC) AS r FROM t GROUP BY s HAVING sum(a) > 0 ORDER BY r, s
SELECT s, avg(sum(a)) OVER (PARTITION BY s) FROM t GROUP BY s, b
SELECT s, sum(a) * 100 / sum(sum(a)) OVER (PARTITION BY s) AS ratio FROM t GROUP BY s ORDER BY ratio
SELECT s, grouping(s) + grouping(b) AS lochierarchy, rank() OVER (PARTITION BY grouping(s) + grouping(b) ORDER BY sum(a)) FROM t GROUP BY ROLLUP (s, b)
SELECT s, b, sum(a) FROM t GROUP BY ROLLUP (s, b) ORDER BY s, b, sum(a)
SELECT s, count(DISTINCT a), sum(DISTINCT d), count(DISTINCT a, b) FROM t GROUP BY s
SELECT transform(rows, r -> r.x + 1) FROM nest
SELECT transform(array(arr, arr), x -> transform(x, y -> y + a)) FROM t
SELECT filter(rows, r -> r.y = 'a')[0].x FROM nest
SELECT aggregate(rows, 0, (acc, r) -> acc + r.x) FROM nest
SELECT map_from_arrays(arr, arr), map_entries(m), map_values(m) FROM t
SELECT exists(arr, x -> x > a) AND b FROM t
SELECT array_sort(arr, (x, y) -> CASE WHEN x < y THEN -1 ELSE 1 END) FROM t
SELECT CASE WHEN a = 1 THEN d WHEN a = 2 THEN 1 ELSE NULL END FROM t
SELECT CASE WHEN b THEN arr ELSE array(1L) END FROM t
SELECT CASE WHEN b THEN st ELSE named_struct('f', 2L, 'g', 'q') END FROM t
SELECT coalesce(NULL, NULL), coalesce(arr, array()), coalesce(m, map()) FROM t
SELECT a + b.c FROM t JOIN (SELECT a AS c FROM u) b
SELECT t.a AS a, u.a AS a2 FROM t JOIN u ON t.a <=> u.a
SELECT * FROM t LEFT JOIN u ON t.a = u.a LEFT JOIN n ON n.i = u.l
SELECT count(*) FROM t a JOIN t b ON a.a = b.a JOIN t c ON b.a = c.a
SELECT a.* FROM (SELECT 1 AS x) a, (SELECT 2 AS y) b
SELECT x, y FROM (SELECT 1 AS x) NATURAL JOIN (SELECT 1 AS x, 2 AS y)
SELECT * FROM (SELECT 1 AS x) NATURAL LEFT JOIN (SELECT 1 AS x, 2 AS y)
SELECT t.s, x FROM t LATERAL VIEW explode(split(s, ',')) AS x
SELECT t.a, y.b2 FROM t, LATERAL (SELECT t.a + 1 AS b2) y
SELECT t.a, y.b2, z.c2 FROM t, LATERAL (SELECT t.a + 1 AS b2) y, LATERAL (SELECT y.b2 * 2 AS c2) z
WITH a AS (SELECT 1 AS x), b AS (WITH c AS (SELECT x FROM a) SELECT x + 1 AS y FROM c) SELECT * FROM a, b
WITH c AS (SELECT a FROM t) SELECT * FROM c WHERE a IN (SELECT a FROM c)
WITH c AS (SELECT a, s FROM t) SELECT x.a FROM c x JOIN c y USING (a)
SELECT * FROM (SELECT * FROM w) PIVOT (sum(v), avg(price) FOR g IN ('p', 'q'))
SELECT * FROM w PIVOT (sum(v) FOR (g, k) IN (('p', 1), ('q', 2)))
SELECT k, p FROM (SELECT k, g, v FROM w) PIVOT (max(v) FOR g IN ('p')) ORDER BY k
SELECT DISTINCT s, count(*) OVER (PARTITION BY s) FROM t
SELECT 1 FROM t GROUP BY s
SELECT s, 1 + 1 FROM t GROUP BY s
SELECT a + s FROM t
SELECT a + d + f FROM t JOIN u USING (a)
SELECT CAST('2020-01-01' AS DATE) + INTERVAL 1 DAY
SELECT DATE '2020-01-01' - INTERVAL 90 DAYS, DATE '1998-12-01' - INTERVAL '90' DAY
SELECT ts BETWEEN '2020-01-01' AND '2020-02-01' FROM n
SELECT dt BETWEEN '2020-01-01' AND DATE '2020-02-01' FROM t
SELECT dt > ts, dt = ts FROM t, n
SELECT sum(CASE WHEN s = 'x' THEN 1 ELSE 0 END) / count(*) FROM t
SELECT sum(a * (1 - d)), sum(a * (1 - d) * (1 + d)) FROM t
SELECT round(sum(d) / 7.0, 2), 0.2 * avg(a), 100.00 * sum(d) / sum(d) FROM t
SELECT avg(d) * 0.5, sum(d) > 100, max(d) - min(d) FROM t
SELECT substring(s, 1, 2) AS c FROM t WHERE substring(s, 1, 2) IN ('13', '31')
SELECT count(*) AS count FROM t
SELECT a AS `select`, s AS order FROM t
SELECT first_value(a) IGNORE NULLS OVER (ORDER BY s) FROM t
SELECT lag(a, 1) IGNORE NULLS OVER (ORDER BY s) FROM t
SELECT array(struct(1 AS a, 'x' AS b)).a, named_struct('x', array(1)).x[0]
SELECT struct(t.*) FROM t
SELECT count(t.*) FROM t
SELECT array(*) FROM (SELECT 1, 2)
SELECT concat_ws(',', *) FROM (SELECT 'a', 'b')
SELECT a FROM t ORDER BY a + d, t.s DESC NULLS FIRST
SELECT a AS x FROM t GROUP BY a ORDER BY a
SELECT a + 1 AS x FROM t GROUP BY a + 1 ORDER BY a + 1
SELECT s, max(a) FROM t GROUP BY s ORDER BY max(a), count(*)
SELECT s AS a, sum(a) FROM t GROUP BY s
SELECT a AS s, count(*) FROM t GROUP BY s
SELECT count(*) c, s FROM t GROUP BY s ORDER BY 1 DESC, 2
SELECT * FROM t WHERE (a, s) IN ((1, 'x'), (2, 'y'))
SELECT * FROM t WHERE s LIKE ANY ('x%', 'y%')
SELECT map('a', 1)['a'], map(1, 2)[1L]
SELECT elt(1, 'a', 'b'), nvl2(z, 1, 2.5) FROM n
SELECT try_cast('x' AS INT), try_divide(1, 0), try_element_at(arr, 1) FROM t
SELECT uuid() IS NOT NULL, rand() < 2, monotonically_increasing_id() FROM t
"""


def cases() -> list[str]:
    """Every query, once."""
    texts = (NAMES, TYPES, CLAUSES, ERRORS, MORE)
    return list(dict.fromkeys(q for text in texts for q in text.strip().splitlines()))
