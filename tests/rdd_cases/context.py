"""``SparkContext``: properties, jobs and groups, files, status."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.rdd_cases import Family
from tests.rdd_cases.files import write

case = Family("context")

case(
    "properties",
    lambda ps, sc, tmp: (
        sc.defaultParallelism,
        sc.defaultMinPartitions,
        sc.applicationId.startswith("local-"),
        type(sc.startTime),
        bool(sc.sparkUser()),
        type(sc.version),
        sc.resources,
        sc.appName,
    ),
)
case("repr", lambda ps, sc, tmp: repr(sc).replace(sc.master, "MASTER"))
case("ui_off", lambda ps, sc, tmp: sc.uiWebUrl)
case("get_or_create", lambda ps, sc, tmp: ps.SparkContext.getOrCreate() is sc)
case("second_context", lambda ps, sc, tmp: ps.SparkContext("local", "again"))
case("context_of_rdd", lambda ps, sc, tmp: (sc.range(1).context is sc, sc.range(1).ctx is sc))
case(
    "conf",
    lambda ps, sc, tmp: (
        sc.getConf().get("spark.app.name"),
        sc.getConf().get("spark.test.none"),
        sc.getConf().get("spark.test.none", "dflt"),
        sc.getConf().contains("spark.master"),
    ),
)
case(
    "conf_is_a_copy",
    lambda ps, sc, tmp: (
        sc.getConf().set("spark.test.x", "1").get("spark.test.x"),
        sc.getConf().get("spark.test.x"),
    ),
)
case(
    "conf_object",
    lambda ps, sc, tmp: (
        lambda c: (
            c.set("a", 1) is c,
            c.get("a"),
            c.setIfMissing("a", 2).get("a"),
            c.setIfMissing("b", "2").get("b"),
            c.setMaster("m").get("spark.master"),
            c.setAppName("n").get("spark.app.name"),
            c.setSparkHome("h").get("spark.home"),
            c.setAll([("x", "y")]).contains("x"),
            c.setExecutorEnv("K", "V").get("spark.executorEnv.K"),
            c.setExecutorEnv(pairs=[("P", "1")]).contains("spark.executorEnv.P"),
            sorted(c.getAll()),
            sorted(c.toDebugString().splitlines()),
        )
    )(ps.SparkConf(False)),
)
case("conf_executor_env_nothing", lambda ps, sc, tmp: ps.SparkConf(False).setExecutorEnv())
case(
    "conf_executor_env_both",
    lambda ps, sc, tmp: ps.SparkConf(False).setExecutorEnv("a", "b", [("c", "d")]),
)
case(
    "local_property",
    lambda ps, sc, tmp: (
        sc.getLocalProperty("q"),
        sc.setLocalProperty("q", "1"),
        sc.getLocalProperty("q"),
        sc.setLocalProperty("q", None),
        sc.getLocalProperty("q"),
    ),
)
case(
    "job_tags",
    lambda ps, sc, tmp: (
        sc.addJobTag("a"),
        sc.addJobTag("b"),
        sc.addJobTag("a"),
        set(sc.getJobTags()),
        sc.removeJobTag("a"),
        sc.removeJobTag("zz"),
        set(sc.getJobTags()),
        sc.clearJobTags(),
        set(sc.getJobTags()),
    ),
)
case("job_tag_comma", lambda ps, sc, tmp: sc.addJobTag("a,b"))
case("job_tag_empty", lambda ps, sc, tmp: sc.addJobTag(""))


def grouped(sc: Any, action: Any) -> Any:
    sc.setJobGroup("group-1", "what it does", True)
    try:
        action()
        keys = ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel")
        tracker = sc.statusTracker()
        jobs = tracker.getJobIdsForGroup("group-1")
        infos = [tracker.getJobInfo(job) for job in jobs]
        stages = [tracker.getStageInfo(s) for info in infos for s in sorted(info.stageIds)]
        return (
            [sc.getLocalProperty(k) for k in keys],
            len(jobs),
            [(info.status, len(info.stageIds)) for info in infos],
            [
                (
                    s.currentAttemptId,
                    s.name.split(" ")[0],
                    s.numTasks,
                    s.numActiveTasks,
                    s.numCompletedTasks,
                    s.numFailedTasks,
                )
                for s in stages
                if s
            ],
            tracker.getActiveJobsIds(),
            tracker.getActiveStageIds(),
        )
    finally:
        for key in ("spark.jobGroup.id", "spark.job.description", "spark.job.interruptOnCancel"):
            sc.setLocalProperty(key, None)


case(
    "status_of_count",
    lambda ps, sc, tmp: grouped(sc, lambda: sc.range(5, numSlices=3).count())[:4],
    spark_app_name="status",
)
case(
    "status_of_shuffle",
    lambda ps, sc, tmp: grouped(
        sc, lambda: sc.range(5, numSlices=3).map(lambda x: (x, x)).reduceByKey(max, 2).collect()
    )[:3],
    spark_app_name="status",
)
case(
    "status_unknown",
    lambda ps, sc, tmp: (
        sc.statusTracker().getJobInfo(99999),
        sc.statusTracker().getStageInfo(99999),
        sc.statusTracker().getJobIdsForGroup("no-such-group"),
    ),
)
case(
    "status_idle",
    lambda ps, sc, tmp: (
        sc.statusTracker().getActiveJobsIds(),
        sc.statusTracker().getActiveStageIds(),
    ),
)
case(
    "executor_infos",
    lambda ps, sc, tmp: [e.numRunningTasks for e in sc.statusTracker().getExecutorInfos()],
)
case(
    "job_description",
    lambda ps, sc, tmp: (
        sc.setJobDescription("d"),
        sc.getLocalProperty("spark.job.description"),
        sc.setJobDescription(None),
        sc.getLocalProperty("spark.job.description"),
    ),
)
case(
    "cancel_nothing",
    lambda ps, sc, tmp: (sc.cancelAllJobs(), sc.cancelJobGroup("none"), sc.range(2).collect()),
)
case("log_level", lambda ps, sc, tmp: (sc.setLogLevel("ERROR"), sc.setLogLevel("off")))
case("log_level_nonsense", lambda ps, sc, tmp: sc.setLogLevel("NOPE"))
case(
    "add_file",
    lambda ps, sc, tmp: (
        sc.addFile(write(tmp, "side.txt", "hello")),
        Path(ps.SparkFiles.get("side.txt")).read_text(),
        sc.range(1).map(lambda x: Path(ps.SparkFiles.get("side.txt")).read_text()).collect(),
        [Path(f).name for f in sc.listFiles],
    ),
    spark_app_name="addfile",
)
case("add_file_missing", lambda ps, sc, tmp: sc.addFile(f"{tmp}/none"))
case("add_file_directory", lambda ps, sc, tmp: sc.addFile(tmp))
case(
    "add_file_directory_recursive",
    lambda ps, sc, tmp: (
        write(tmp, "folder/x.txt", "deep"),
        sc.addFile(f"{tmp}/folder", recursive=True),
        sc.range(1).map(lambda x: Path(ps.SparkFiles.get("folder/x.txt")).read_text()).collect(),
    )[1:],
    spark_app_name="addfile",
)
case(
    "add_py_file",
    lambda ps, sc, tmp: (
        sc.addPyFile(write(tmp, f"helper_{ps.__name__}_{Path(tmp).name}.py", "ANSWER = 42\n")),
        sc.range(1)
        .map(lambda x: __import__(f"helper_{ps.__name__}_{Path(tmp).name}").ANSWER)
        .collect(),
    ),
    spark_app_name="addfile",
)
case("spark_files_object", lambda ps, sc, tmp: ps.SparkFiles())
case("show_profiles_off", lambda ps, sc, tmp: sc.show_profiles())
case("dump_profiles_off", lambda ps, sc, tmp: sc.dump_profiles(tmp))
case(
    "system_property",
    lambda ps, sc, tmp: (
        ps.SparkContext.setSystemProperty("rdd.case", "v"),
        ps.SparkContext.getSystemProperty("rdd.case"),
        ps.SparkContext.getSystemProperty("rdd.none"),
    ),
)
case(
    "result_iterable",
    lambda ps, sc, tmp: (lambda r: (len(r), list(r), list(r), r.data))(
        __import__(f"{ps.__name__}.resultiterable", fromlist=["x"]).ResultIterable([1, 2])
    ),
)
case(
    "stop_twice",
    lambda ps, sc, tmp: (sc.stop(), sc.stop(), repr(sc).startswith("<SparkContext")),
    spark_app_name="stopping",
)


def after_stop(ps: Any, sc: Any) -> Any:
    sc.stop()
    conf = ps.SparkConf().setMaster("local[1]").setAppName("next").set("spark.ui.enabled", "false")
    with ps.SparkContext(conf=conf) as other:
        return other.range(3).collect(), other.defaultParallelism, other.appName


case("stop_and_start", lambda ps, sc, tmp: after_stop(ps, sc), spark_app_name="stopping")
case("to_df_without_session", lambda ps, sc, tmp: sc.range(1).toDF())
