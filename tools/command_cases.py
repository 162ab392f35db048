"""Statements that ``harvest_commands.py`` runs in real Spark, one after the other.

``{warehouse}`` is the warehouse's directory.
"""

from __future__ import annotations

STATEMENTS = r"""
create database d1 comment 'hello' with dbproperties ('a'='b')
create database d1
create database if not exists d1
show databases
show databases like 'd*'
describe database d1
describe database extended d1
use d1
select current_database()
use default
use nope
create table t (a int not null comment 'key', b string, c date) using parquet partitioned by (c) comment 'tab' tblproperties ('x'='y')
create table t (a int)
create table if not exists t (a int)
insert into t values (1,'x',date'2020-01-01'),(2,'y',date'2020-01-02')
insert into t partition (c='2020-01-03') values (3,'z')
insert into t partition (c) values (4,'w',date'2020-01-04')
insert overwrite t partition (c='2020-01-03') values (33,'zz')
select * from t order by a
insert into t (b, a, c) values ('q', 9, date'2020-01-01')
insert into t values (1)
insert into t values (1,2,3)
insert into t values ('abc','b',date'2020-01-01')
show tables
show tables in d1
show tables like 't*'
show table extended like 't'
show columns in t
show partitions t
show partitions t partition (c='2020-01-03')
show create table t
show tblproperties t
show tblproperties t ('x')
show tblproperties t ('zz')
describe t
describe extended t
describe formatted t
describe t a
describe extended t a
describe query select 1 a, 'x' b
create view v as select a, b from t
create or replace temp view tv as select 1 x
create temp view tv as select 1 x
create global temp view gv as select 1 x
create view v as select 1
create view if not exists v as select 1
create or replace view v (p comment 'c1', q) comment 'vv' as select a, b from t
describe extended v
show create table v
show views
show views in d1
select * from v
select * from global_temp.gv
show tables in global_temp
drop view nope
drop view t
drop table v
drop view if exists nope
drop table nope
drop table if exists nope
analyze table t compute statistics
analyze table t compute statistics for columns a, b
describe extended t a
describe extended t
alter table t rename to t2
alter table t2 set tblproperties ('k'='v')
alter table t2 unset tblproperties ('k')
alter table t2 add columns (d int)
alter table t2 rename column d to e
alter table t2 alter column a comment 'new'
alter table t2 drop column d
alter table t2 add partition (c='2020-05-05')
alter table t2 drop partition (c='2020-05-05')
msck repair table t2
truncate table t2 partition (c='2020-01-01')
truncate table t2
select * from t2
refresh table t2
cache table t2
uncache table t2
uncache table nope
uncache table if exists nope
clear cache
create table ctas using parquet as select 1 a, 'x' b
create table ctas2 partitioned by (b) as select 1 a, 'x' b
create table lk like ctas
describe extended lk
set spark.sql.shuffle.partitions
set spark.sql.shuffle.partitions=5
set foo
set foo=bar
reset
reset spark.sql.shuffle.partitions
show functions like 'upp*'
show catalogs
show current namespace
drop database d1
create table d1.tt (a int) using parquet
drop database d1
drop database d1 cascade
drop database if exists d1
drop database d1
drop database default
create table ext (a int) using parquet options (compression 'gzip') location '{warehouse}/../ext'
insert into ext values (1)
describe extended ext
show create table ext
drop table ext
set time zone 'UTC'
select * from nope
select * from nodb.nope
create temporary view cv using csv options (path '{warehouse}/../x.csv')
insert into nope values (1)
create table bad (a int, a string) using parquet
create table bad2 (a int) using parquet partitioned by (zz)
show user functions
show system functions like 'abs'
describe table extended ctas
describe ctas.a
delete from ctas where a=1
update ctas set a=2
merge into ctas using lk on true when matched then delete
drop table ctas purge
comment on table lk is 'hey'
comment on database default is 'x'
alter view v2 as select 1
alter view v rename to vv
alter database default set dbproperties ('a'='b')
insert overwrite directory '{warehouse}/../dir' using parquet select 1 a
drop function upper
drop temporary function nope
show partitions ctas2
desc ctas2
alter table ctas2 drop partition (b='nope')
alter table ctas2 add partition (b='x')
alter table ctas2 add columns (a int)
alter table ctas2 recover partitions
describe extended ctas2 partition (b='x')
describe database nope
show tables in nope
show columns in nope
describe nope
describe ctas2 nope
truncate table nope
analyze table nope compute statistics
refresh table nope
cache table nope
show create table nope
show partitions nope
alter table nope rename to x
insert into ctas2 (a) values (1)
insert into ctas2 (a, zz) values (1, 2)
insert into ctas2 by name select 'k' b, 5 a
select * from ctas2
replace table ctas2 using parquet as select 1 z
create or replace table ctas3 using parquet as select 1 z
use schema default
use catalog spark_catalog
set catalog spark_catalog
show schemas
show namespaces
create schema s1
create namespace s2
drop schema s1
drop namespace s2
create table p2 (v int, a int, b string) using parquet partitioned by (a, b)
insert into p2 values (1, 1, 'x'), (2, 1, 'y'), (3, 2, 'x')
insert overwrite p2 partition (a = 1, b) values (9, 'x')
select * from p2 order by v
set spark.sql.sources.partitionOverwriteMode=dynamic
insert overwrite p2 values (7, 2, 'x'), (8, 3, 'z')
select * from p2 order by v
insert overwrite p2 partition (a = 2, b = 'x') if not exists values (100)
select * from p2 order by v
set spark.sql.sources.partitionOverwriteMode=static
insert overwrite p2 values (5, 5, 'five')
select * from p2
show partitions p2
describe extended p2 partition (a = 5, b = 'five')
insert into p2 partition (zz = 1) values (1)
insert into p2 partition (b = 'x', a = 9) values (1)
alter table p2 drop partition (a = 9, b = 'x')
show partitions p2
alter table p2 drop partition (zz = 1)
set spark.sql.storeAssignmentPolicy=legacy
insert into p2 values ('12', '6', 7)
select * from p2 order by v
set spark.sql.storeAssignmentPolicy=strict
insert into p2 values (1L, 1, 'x')
set spark.sql.storeAssignmentPolicy=ansi
create view pv as select v, b from p2 where a > 5
select * from pv
create view pv2 as with q as (select * from pv) select b from q
select * from pv2
create view bad as select * from tv
create or replace view pv as select * from pv2
insert into pv values (1)
truncate table pv
alter table pv add columns (z int)
alter view p2 as select 1
alter view pv2 rename to pv3
show views like 'pv*'
alter view pv3 as select 1 as one
select * from pv3
drop view pv3
create database dd
use dd
create table t (a int) using parquet
insert into t values (1)
select * from dd.t
select * from spark_catalog.dd.t
create view v as select * from t
use default
select * from dd.v
drop database dd
drop database dd cascade
create table wide (a int, b int) using parquet as select 1
create view cv (a, b) as select 1
create temp view cv2 (a) as select 1, 2
insert into p2 by name select 1 v, 2 zz
create table dup (a int, A string) using parquet
create table allpart (a int) using parquet partitioned by (a)
cache table ctas2
cache lazy table cached as select 1 x
select * from cached
cache table cached as select 2 x
uncache table cached
truncate table lk
show columns in v
show tblproperties tv
describe tv
describe extended pv
drop view tv
drop table global_temp.gv
show tables in global_temp
reset spark.sql.sources.partitionOverwriteMode
set spark.sql.sources.partitionOverwriteMode
set spark.sql.ansi.enabled=maybe
create table b1 (a int, b string, c long) using parquet clustered by (a) into 4 buckets
create table b2 (a int, b string) using parquet partitioned by (b) clustered by (a) into 3 buckets
create table b3 (a int, b string) using parquet clustered by (A) sorted by (b asc) into 4 buckets comment 'c'
create table b4 (a int, b string) using parquet clustered by (a) sorted by (b desc) into 4 buckets
create table b4 (a int, b string) using parquet clustered by (x) into 4 buckets
create table b4 (a int, b string) using parquet clustered by (a) sorted by (x) into 4 buckets
create table b4 (a int, b string) using parquet clustered by (a) into 0 buckets
create table b4 (a int, b string) using parquet clustered by (a, A) into 2 buckets
create table b4 (a int, b string) using parquet partitioned by (a) clustered by (a) into 2 buckets
create table b4 (a int, b string) using parquet partitioned by (b) clustered by (a) sorted by (b) into 2 buckets
create table b4 (a int, b string) using parquet clustered by (a) into 4 buckets clustered by (b) into 4 buckets
create table b4 (a int, b string) using parquet clustered by (a)
create table b4 (a int, b string) using parquet clustered by (a) into x buckets
create table b4 (a int, b string) using parquet partitioned by (bucket(4, a), bucket(2, b))
create table b4 (a int, b string) using parquet partitioned by (years(b))
create table b5 (a int, b string) using parquet partitioned by (b, bucket(4, a))
create table b6 using parquet clustered by (a) sorted by (b) into 2 buckets as select 1 a, 'x' b union all select 2, 'y'
create table b7 like b3
create table b8 (a int, b string) using json clustered by (a) into 2 buckets
show create table b1
show create table b2
show create table b3
show create table b5
show create table b6
show create table b7
describe b3
describe extended b2
describe extended b3
insert into b1 select id, 'v' || id, id * 2 from range(20)
insert into b2 partition (b) select id, 'p' || id % 2 from range(9)
insert into b8 values (1, 'x'), (2, 'y'), (null, 'z')
select count(*), sum(c) from b1
select * from b1 where a = 3
select b from b1 where a in (3, 4, 5) or a is null
select a, count(*) from b2 group by a
select b2.b, count(*) from b1 join b2 using (a) group by b2.b
select * from b6
select * from b8 where a <=> null
insert overwrite b6 values (5, 'q')
select * from b6
""".strip().split("\n")
