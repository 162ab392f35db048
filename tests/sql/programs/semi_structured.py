"""Variants by path, records of JSON with options and malformed ones."""
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()


def show(query):
    try:
        frame = spark.sql(query)
        print(frame.schema.simpleString())
        print(sorted(map(repr, frame.collect())))
    except Exception as error:  # the classic engine lets exceptions of Java through
        text = str(error)
        found = text[text.index("[") + 1 : text.index("]")]
        print("!!", found)


show('create or replace temp view v as select parse_json(\'{"a":1,"b":{"c":"x","d e":[1,2,{"f":true}]},"A":5,"n":null}\') v, \'{"s": {"t": [10, 20]}, "u": "w"}\' j')
show("select v:a, v:b.c, v:b.`d e`[2].f, v:b['c'], v:A, v:n, v:zz from v")
show('select v:a::int, v:b.c::string, v:b:c from v')
show('select j:s.t[0], j:u from v')
show("select v:b.c::string || 'y', v:a::int + 1 from v")
show("select v:b.['d e'] from v")
show('select v:a from v where v:a::int = 1')
show('select from_json(\'{"a":"26/08/2015"}\', \'a DATE\', map(\'dateFormat\',\'dd/MM/yyyy\'))')
show('select from_json(\'{"a":"26/08/2015 10:11"}\', \'a TIMESTAMP\', map(\'timestampFormat\',\'dd/MM/yyyy HH:mm\'))')
show('select from_json(\'{"a":1\', \'a INT, _corrupt_record STRING\', map(\'columnNameOfCorruptRecord\',\'_corrupt_record\'))')
show('select from_json(\'{"a":"x"}\', \'a INT, _corrupt_record STRING\')')
show('select from_json(\'{"a":"x","b":2}\', \'a INT, b INT, bad STRING\', map(\'columnNameOfCorruptRecord\',\'bad\'))')
show('select from_json(\'{"a":"x"}\', \'a INT\', map(\'mode\',\'FAILFAST\'))')
show('select from_json(\'{"a":1}\', \'a INT, bad STRING\', map(\'columnNameOfCorruptRecord\',\'bad\', \'mode\', \'FAILFAST\'))')
show('select from_json(\'{"a":1}\', \'a INT\', map(\'mode\',\'DROPMALFORMED\'))')
show('select from_json(\'{"a":1}\', \'a INT\', map(\'mode\',\'sometimes\'))')
show('select from_json(x, \'a INT, b DOUBLE\') from values (\'{"a":1,"b":2}\'),(\'{"a":"q","b":2}\'),(\'{"a":\'),(\'[]\'),(\'[{"a":3}]\'),(null),(\'\'),(\'{}\'),(\'"s"\') t(x)')
show('select from_json(x, \'a INT, _corrupt_record STRING\') from values (\'{"a":1,"b":2}\'),(\'{"a":"q","b":2}\'),(\'{"a":\'),(\'[]\'),(\'[{"a":3}]\'),(null),(\'\'),(\'{}\'),(\'"s"\') t(x)')
show('select from_json(\'{"a":"2020-01-01T10:00"}\', \'a TIMESTAMP\'), from_json(\'{"d":"2020-1-1"}\',\'d date\')')
show('select from_json(\'{a:1}\', \'a INT\', map(\'allowUnquotedFieldNames\',\'true\')), from_json("{\'a\':1}", \'a INT\'), from_json(\'{"a":01}\', \'a INT\', map(\'allowNumericLeadingZeros\',\'true\')), from_json(\'{"a":1 /*c*/}\', \'a INT\', map(\'allowComments\',\'true\'))')
show("select to_json(named_struct('d', date'2020-01-02', 't', timestamp'2020-01-02 03:04:05'), map('dateFormat','dd/MM/yy','timestampFormat','HH:mm'))")
show('select transform(array(1,2), x -> x + (select 1))')
show('select from_json(x, \'a INT, t TIMESTAMP, n STRUCT<d: DATE, l: ARRAY<INT>>, bad STRING\', map(\'columnNameOfCorruptRecord\',\'bad\',\'timestampFormat\',\'yyyy/MM/dd HH:mm\',\'dateFormat\',\'dd.MM.yyyy\')) from values (\'{"a":1,"t":"2020/01/02 03:04","n":{"d":"05.06.2021","l":[1,2]}}\'),(\'{"a":1,"t":"2020-01-02","n":{"d":"5","l":[1,"x"]}}\'),(\'nonsense\'),(null) t(x)')
show("select from_csv('1,26/08/2015', 'a INT, d DATE', map('dateFormat','dd/MM/yyyy')), from_csv('1|2','a INT, b INT',map('sep','|')), from_csv('x,2','a INT, b INT, _corrupt_record STRING',map('columnNameOfCorruptRecord','_corrupt_record'))")
show("select from_csv('x,2','a INT, b INT',map('mode','FAILFAST'))")
show("select from_csv('1,2','a INT, b INT',map('mode','FAILFAST'))")
show("select from_csv('1,2','a INT, b INT',map('mode','DROPMALFORMED'))")
show('select from_csv(x,\'a INT, b STRING, bad STRING\',map(\'columnNameOfCorruptRecord\',\'bad\')) from values (\'1,2\'),(\'x,y\'),(\'1\'),(\'1,2,3\'),(\'\'),(null),(\' 1 , z \'),(\'1,"q,r"\') t(x)')
show(r'''select from_csv(x, 'a STRING, b STRING') from values ('"a""b",c'), ('"a\\"b",c'), ('"a"b,c'), ('a"b,c'), ('"",c'), ('"a') t(x)''')
show("select variant_get(parse_json('[1]'), '$[-1]', 'int')")
show("select from_csv('2020/01/02 03:04,z','t TIMESTAMP, b STRING',map('timestampFormat','yyyy/MM/dd HH:mm')), from_csv('NA,1','a INT, b INT',map('nullValue','NA')), from_csv('1.5,true,2020-01-01','a DOUBLE, b BOOLEAN, c DATE'), from_csv('1.50,NaN','a DECIMAL(5,2), b FLOAT')")
