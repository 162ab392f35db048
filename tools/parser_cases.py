"""SQL texts of which ``harvest_parser.py`` asks real Spark whether they are statements."""

from __future__ import annotations

EXPRESSIONS = """
1
1L
1S
1Y
128Y
32768S
1.5
1.5BD
1e3
1e3BD
1.0F
1D
.5
5.
1e400
99999999999
99999999999999999999
99999999999999999999999999999999999999999
-1
- 1
+1
- - 1
~1
!true
not true
not not true
'a'
"a"
'a' 'b'
'a''b'
'it\\'s'
r'a\\d'
'unclosed
X'1F'
x'1'
X'zz'
date '2020-01-01'
date '2020-1'
date '2020-13-01'
date 'x'
timestamp '2020-01-01 00:00:00'
timestamp '2020-01-01T10:11:12.345678 UTC'
timestamp '2020-01-01 25:00:00'
timestamp_ntz '2020-01-01 10:00:00'
timestamp_ltz '2020-01-01'
time '10:11:12'
foo 'a'
null
true
interval 1 day
interval '1' day
interval '1 day 2 hours'
interval 1 day 2 hours
interval -1 day
interval '1-2' year to month
interval '1 2:3:4.5' day to second
interval '10:11' hour to minute
interval 1 month 2 days
interval 1.5 second
interval '1' foo
interval '1-13' year to month
interval
a
a.b
a.b.c.d.e
`a b`
`a``b`
a.`b c`
a[1]
a['k'].b[0]
a[0:1]
f(a).b
1a
a-b
a.1
_a
a$b
a#b
@a
a::int
a::decimal(10,2)
a::foo
cast(a as int)
cast(a as array<struct<x:int,y:map<string,int>>>)
cast(a as varchar(10))
cast(a as foo)
cast(a as decimal(50,2))
cast(a as interval day to second)
cast(a as timestamp without time zone)
cast(a as)
cast(a int)
try_cast(a as int)
a + b * c - d / e % f div g
a || b || c
a | b & c ^ d
a << 1 >> 2 >>> 3
a = b
a == b
a <> b
a != b
a <=> b
a < b and b <= c or not c > d
a = b = c
a between 1 and 2
a not between 1 and 2
a between 1
a in (1, 2)
a not in (1)
a in ()
a in (select 1)
(a, b) in (select 1, 2)
(a, b) in ((1, 2), (3, 4))
a like 'x'
a not like 'x'
a like 'x' escape '!'
a like 'x' escape 'xx'
a ilike 'x'
a rlike 'x'
a regexp 'x'
a like any ('x', 'y')
a like all ('x')
a not ilike some ('x', 'y')
a like any ()
a is null
a is not null
a is true
a is not false
a is unknown
a is distinct from b
a is not distinct from b
a is 1
case when a then 1 end
case a when 1 then 2 else 3 end
case a end
case when a then 1
f()
f(a)
f(a, b)
f(distinct a)
f(all a)
f(a b)
f(a,)
f(
f(x => 1, y => a)
db.f(1)
count(*)
count(distinct a, b)
count(t.*)
sum(a) filter (where b > 1)
sum(a) over ()
sum(a) over w
sum(a) over (w)
sum(a) over (partition by b order by c desc nulls last)
sum(a) over (order by b rows between 1 preceding and current row)
sum(a) over (order by b rows between unbounded preceding and unbounded following)
sum(a) over (order by b range between interval 1 day preceding and 1 following)
sum(a) over (rows 1 preceding)
sum(a) over (distribute by b sort by c)
sum(a) over (order by b rows between 1 and 2)
first(a) ignore nulls
first(a ignore nulls)
lag(a) ignore nulls over (order by b)
nth_value(a, 2) respect nulls over (order by b)
percentile_cont(0.5) within group (order by a desc)
listagg(a, ',') within group (order by b)
transform(a, x -> x + 1)
transform(a, (x, i) -> x + i)
aggregate(a, 0, (acc, x) -> acc + x, acc -> acc)
x -> x
extract(year from a)
extract(a)
substring(a from 1)
substring(a from 1 for 2)
substring(a, 1, 2)
trim(a)
trim(both from a)
trim(both 'x' from a)
trim(leading 'x' from a)
trim('x' from a)
trim(trailing 'x', a)
position('a' in b)
position('a', b)
overlay(a placing b from 1)
overlay(a placing b from 1 for 2)
timestampadd(month, 1, a)
timestampdiff(day, a, b)
dateadd(day, 1, a)
date_add(a, 1)
struct(a, b as c)
(a, b)
(a)
()
((a))
(a as b)
exists(select 1)
exists(a, x -> x > 1)
(select max(a) from t)
((select 1) + 1)
a collate UTF8_LCASE
left(a, 1)
right(a, 1)
if(a, b, c)
map(1, 2)
current_date
current_timestamp()
*
t.*
* except (a, b)
:p
?
a b c
a as `b c`
a as (b, c)
1 +
+ +
and
a and
/* c */ a
a -- c
/* open
"""
"""Each after SELECT."""

QUERIES = """
select
select 1
select 1;
select 1;;
select 1; select 2
;

-- only a comment
select 1 from
select from t
select a, from t
select a from t where
select a from t where b group by c having d order by e limit 1
select a from t group by
select a from t order by
select a from t limit
select a from t limit 1 + 1
select a from t limit all
select a from t limit 1 offset 2
select a from t offset 2
select a from t limit 1 where b
select a from t where b where c
select a from t having b
select a from t order by b order by c
select distinct a from t
select all a from t
select distinct distinct a from t
select a b c from t
select a from t x
select a from t as x (y, z)
select a from t x y
select a from db.t
select a from c.db.t
select a from parquet.`/p`
select a from (select 1)
select a from (select 1) t
select a from (select 1) as t(x)
select a from ()
select a from (t)
select a from ((t))
select a from t, u, v
select a from t,
select a from t join u
select a from t join u on t.a = u.a
select a from t join u using (a, b)
select a from t inner join u on true
select a from t left join u on true
select a from t left outer join u on true
select a from t right join u on true
select a from t full outer join u on true
select a from t cross join u
select a from t natural join u
select a from t natural left join u
select a from t left semi join u on true
select a from t semi join u on true
select a from t left anti join u on true
select a from t outer join u on true
select a from t left inner join u on true
select a from t join u on
select a from t join (u join v on true) on true
select a from t join u join v on true on true
select a from t, lateral (select t.a)
select a from t join lateral (select t.a) x on true
select a from lateral (select 1)
select a from t lateral view explode(b) x as y
select a from t lateral view outer explode(b) x as y, z
select a from t lateral view explode(b) x
select a from t lateral view explode(b) as y
select a from t lateral view explode
select * from range(10)
select * from range(1, 10) as r(x)
select * from explode(array(1, 2))
select * from values (1, 'a'), (2, 'b')
select * from values (1, 'a') as t(x, y)
select * from (values (1, 2)) t
values (1, 2), (3, 4)
values 1, 2
values
table t
from t select a
from t
from t where a select b
select a from t tablesample (10 percent)
select a from t tablesample (5 rows) x
select a from t tablesample (bucket 1 out of 10)
select a from t tablesample (10 percent) repeatable (3)
select a from t tablesample (10)
select a from t group by a, b
select a from t group by all
select a from t group by 1
select a from t group by cube (a, b)
select a from t group by rollup (a, (b, c))
select a from t group by grouping sets ((a, b), a, ())
select a from t group by a, cube (b)
select a from t group by a, b with rollup
select a from t group by a, b with cube
select a from t group by a grouping sets (a)
select a from t order by a desc nulls last, b asc
select a from t order by all
select a from t sort by a
select a from t distribute by a sort by b
select a from t cluster by a
select a from t qualify row_number() over (order by a) = 1
select sum(a) over w from t window w as (partition by b)
select a from t window w
select 1 union select 2
select 1 union all select 2 union distinct select 3
select 1 intersect select 2 except select 3
select 1 minus select 2
select 1 intersect all select 2
select 1 union all by name select 2
select 1 union
union select 1
(select 1) union all (select 2 order by 1) limit 3
select 1 order by 1 union select 2
with q as (select 1) select * from q
with q (a, b) as (select 1, 2) select * from q
with q as (select 1), r as (select * from q) select * from r
with recursive q as (select 1 union all select 2) select * from q
with q as select 1 select 2
with q as (select 1)
with select 1
select * from (with q as (select 1) select * from q)
select a from t pivot (sum(b) for c in (1, 2))
select a from t pivot (sum(b) as s, avg(b) as v for (c, d) in ((1, 2) as x, (3, 4) as y))
select a from t pivot (sum(b) for c)
select a from t unpivot (v for n in (a, b))
select a from t unpivot include nulls (v for n in (a as x, b as y)) u
select a from t unpivot ((v, w) for n in ((a, b) as x, (c, d)))
select /*+ broadcast(t) */ a from t
select /*+ repartition(10, a), coalesce(3) */ a from t
select /*+ merge(t, u) */ a from t
select a from t |> where b > 1
from t |> where a > 1 |> select b
from t |> aggregate sum(a) group by b
from t |> limit 5 |> order by a
selec 1
select 1 1
select (1
select 1)
select 'a
select * from t where a = 'x' or '1'='1'
select * frm t
select a,, b
"""

STATEMENTS = """
create database d
create database if not exists d comment 'c' location '/p' with dbproperties ('a'='b')
create schema d
create database
drop database d
drop schema if exists d cascade
drop namespace d restrict
alter database d set dbproperties ('a'='b')
use d
use database d
use
create table t (a int, b string)
create table t (a int not null comment 'x', b struct<c: int>) using parquet
create table if not exists t (a int) using csv options (header true, 'sep' = ';') location '/p'
create table t (a int) partitioned by (b string)
create table t (a int, b int) using parquet partitioned by (b) comment 'x' tblproperties ('k' = 'v')
create table t using parquet as select 1 a
create table t as select 1 a
create table t partitioned by (b) as select 1 a, 2 b
create table t
create table t (a)
create table t (a int,)
create table t (a foo)
create or replace table t (a int) using parquet
create table t like u
create table if not exists t like u using csv
create external table t (a int) using parquet location '/p'
create temporary table t (a int)
create view v as select 1
create or replace view v (a comment 'x', b) comment 'c' tblproperties ('k'='v') as select 1, 2
create view if not exists v as select 1
create temp view v as select 1
create or replace temporary view v as select 1
create global temporary view v as select 1
create temporary view v using csv options (path '/p')
create view v
create view v as
drop table t
drop table if exists db.t purge
drop view v
drop view if exists v
drop
drop table
alter table t rename to u
alter table t add columns (a int, b string comment 'x')
alter table t add column a int
alter table t drop column a
alter table t rename column a to b
alter table t alter column a comment 'x'
alter table t change column a a int comment 'x'
alter table t set tblproperties ('a'='b')
alter table t unset tblproperties if exists ('a')
alter table t add if not exists partition (a=1) partition (a=2)
alter table t drop if exists partition (a=1), partition (a=2)
alter table t recover partitions
alter table t set location '/p'
alter table t
alter view v as select 1
alter view v rename to w
insert into t values (1, 2)
insert into table t select 1
insert into t (a, b) values (1, 2)
insert into t partition (a=1) select 2
insert into t partition (a=1, b) select 2, 3
insert overwrite t select 1
insert overwrite table t partition (a='x') if not exists select 1
insert into t by name select 1 a
insert t select 1
insert into t
insert overwrite directory '/p' using parquet select 1
with q as (select 1) insert into t select * from q
show databases
show schemas like 'a*'
show tables
show tables in d
show tables from d like 'a|b'
show table extended like 't'
show views
show columns in t
show columns from t in d
show partitions t
show partitions t partition (a=1)
show create table t
show tblproperties t
show tblproperties t ('a')
show functions
show user functions like 'a*'
show catalogs
show current namespace
show nothing
show
describe t
desc t
describe table t
describe extended t
describe formatted db.t
describe t a
describe t partition (a=1)
describe database d
describe schema extended d
describe function f
describe function extended f
describe query select 1
describe select 1
describe
explain select 1
explain extended select 1
explain formatted select 1
explain cost select 1
explain codegen select 1
explain
analyze table t compute statistics
analyze table t compute statistics noscan
analyze table t compute statistics for columns a, b
analyze table t compute statistics for all columns
analyze table t
cache table t
cache lazy table t as select 1
cache table t options ('storageLevel' 'DISK_ONLY') as select 1
uncache table t
uncache table if exists t
clear cache
refresh table t
refresh t
refresh '/p'
truncate table t
truncate table t partition (a=1)
msck repair table t
set
set -v
set a
set a=b
set a.b.c = 1 2 3
set `a b`=c
set time zone 'UTC'
set time zone local
reset
reset a.b
comment on table t is 'x'
comment on database d is null
delete from t where a = 1
update t set a = 1 where b = 2
merge into t using u on t.a = u.a when matched then delete
"""


def texts() -> list[str]:
    """All texts."""
    expressions = [f"select {line}" for line in EXPRESSIONS.split("\n")[1:-1]]
    queries = QUERIES.split("\n")[1:-1] + STATEMENTS.split("\n")[1:-1]
    return [*expressions, *queries]
