"""Events as Spark's JSON: the vocabulary of its event log, field by field.

One function an event, in a table by class; names and order of fields are those of Spark 4.3's
``JsonProtocol``, checked against shapes harvested from real Spark
(``tests/golden/eventlog/shapes.json``). What a Python engine cannot have (JVM heaps, merged push
blocks, off-heap memory) is written as zero, because readers of the format expect the field.

>>> from rayspark.events.types import UnpersistRDD
>>> to_json(UnpersistRDD(7))
'{"Event":"SparkListenerUnpersistRDD","RDD ID":7}'
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from rayspark.events import types as ev
from rayspark.metrics import METRICS, TaskMetrics, UpdatedBlock
from rayspark.ui.sql_json import SQL_ENCODERS, SQL_PACKAGE

Json = dict[str, Any]

REDACTED = "*********(redacted)"
DEFAULT_REDACTION = r"(?i)secret|password|token|access[.]?key|credential"
"""Default of ``spark.redaction.regex`` in Spark 4.3."""


def to_json(event: ev.Event, redaction: str = DEFAULT_REDACTION) -> str:
    """One line of an event log.

    Parameters
    ----------
    event : Event
        Any event of :data:`LOGGED_EVENTS`.
    redaction : str
        Properties whose key or value contains a match of this regex are written as
        ``*********(redacted)``.

    Raises
    ------
    TypeError
        If the event has no place in Spark's format (``TasksStarted``, ``TasksEnded``).
    """
    encode = _ENCODERS.get(type(event))
    if encode is None:
        raise TypeError(f"{type(event).__name__} is not an event of Spark's log format")
    fields = encode(event)
    for key in _REDACTED_FIELDS & fields.keys():
        fields[key] = redact(fields[key], redaction)
    name = type(event).__name__
    prefix = "org.apache.spark.scheduler." if type(event) in _BEAN_EVENTS else ""
    if type(event) in SQL_ENCODERS:
        prefix = SQL_PACKAGE
    return json.dumps(
        {"Event": f"{prefix}SparkListener{name}", **fields}, separators=(",", ":"), default=str
    )


def redact(properties: Mapping[str, str], redaction: str = DEFAULT_REDACTION) -> dict[str, str]:
    """Hide values that look secret, or whose key does, as Spark does.

    >>> redact({"fs.s3.secret": "x", "url": "http://h/?token=y", "app": "z"})
    {'fs.s3.secret': '*********(redacted)', 'url': '*********(redacted)', 'app': 'z'}
    """
    pattern = re.compile(redaction)
    return {
        key: REDACTED if pattern.search(key) or pattern.search(value) else value
        for key, value in properties.items()
    }


# ------------------------------------------------------------------------------- descriptions


def _storage_level(level: ev.StorageLevelInfo | UpdatedBlock) -> Json:
    return {
        "Use Disk": level.use_disk,
        "Use Memory": level.use_memory,
        "Use Off Heap": getattr(level, "use_off_heap", False),
        "Deserialized": level.deserialized,
        "Replication": level.replication,
    }


def _block_manager(manager: ev.BlockManagerId) -> Json:
    return {"Executor ID": manager.executor_id, "Host": manager.host, "Port": manager.port}


def _rdd_info(rdd: ev.RDDInfo) -> Json:
    return {
        "RDD ID": rdd.rdd_id,
        "Name": rdd.name,
        **({"Scope": rdd.scope} if rdd.scope is not None else {}),
        "Callsite": rdd.call_site,
        "Parent IDs": rdd.parent_ids,
        "Storage Level": _storage_level(rdd.storage_level),
        "Barrier": rdd.barrier,
        "DeterministicLevel": rdd.deterministic_level,
        "Number of Partitions": rdd.num_partitions,
        "Number of Cached Partitions": rdd.num_cached_partitions,
        "Memory Size": rdd.memory_size,
        "Disk Size": rdd.disk_size,
    }


def _accumulable(info: ev.AccumulableInfo) -> Json:
    # Values of users' accumulators may be anything; Spark writes them as strings.
    return {
        "ID": info.accumulator_id,
        **({"Name": info.name} if info.name is not None else {}),
        **({"Update": str(info.update)} if info.update is not None else {}),
        **({"Value": str(info.value)} if info.value is not None else {}),
        "Internal": False,
        "Count Failed Values": info.count_failed_values,
    }


def _accumulables(infos: Iterable[ev.AccumulableInfo]) -> list[Json]:
    return [_accumulable(info) for info in infos]


def _stage_info(stage: ev.StageInfo) -> Json:
    fields: Json = {
        "Stage ID": stage.stage_id,
        "Stage Attempt ID": stage.attempt,
        "Stage Name": stage.name,
        "Number of Tasks": stage.num_tasks,
        "RDD Info": [_rdd_info(rdd) for rdd in stage.rdd_infos],
        "Parent IDs": stage.parent_ids,
        "Details": stage.details,
    }
    if stage.submission_time is not None:
        fields["Submission Time"] = stage.submission_time
    if stage.completion_time is not None:
        fields["Completion Time"] = stage.completion_time
    if stage.failure_reason is not None:
        fields["Failure Reason"] = stage.failure_reason
    fields["Accumulables"] = _accumulables(stage.accumulables)
    fields["Resource Profile Id"] = stage.resource_profile_id
    fields["Shuffle Push Enabled"] = False
    fields["Shuffle Push Mergers Count"] = 0
    return fields


def _task_info(task: ev.TaskInfo) -> Json:
    return {
        "Task ID": task.task_id,
        "Index": task.index,
        "Attempt": task.attempt,
        "Partition ID": task.partition_id,
        "Launch Time": task.launch_time,
        "Executor ID": task.executor_id,
        "Host": task.host,
        "Locality": task.locality,
        "Speculative": task.speculative,
        "Getting Result Time": task.getting_result_time,
        "Finish Time": task.finish_time,
        "Failed": task.failed,
        "Killed": task.killed,
        "Accumulables": _accumulables(task.accumulables),
    }


def _stack(frames: Iterable[ev.StackFrame]) -> list[Json]:
    # Java prints the innermost frame first, Python last.
    return [
        {
            "Declaring Class": frame.module,
            "Method Name": frame.function,
            "File Name": frame.file,
            "Line Number": frame.line,
        }
        for frame in reversed(tuple(frames))
    ]


# ------------------------------------------------------------------------------- metrics

# Spark declares more executor memory metrics than a process without a JVM has.
_EXECUTOR_METRICS = (
    *("JVMHeapMemory", "JVMOffHeapMemory", "OnHeapExecutionMemory", "OffHeapExecutionMemory"),
    *("OnHeapStorageMemory", "OffHeapStorageMemory", "OnHeapUnifiedMemory"),
    *("OffHeapUnifiedMemory", "DirectPoolMemory", "MappedPoolMemory", "ProcessTreeJVMVMemory"),
    *("ProcessTreeJVMRSSMemory", "ProcessTreePythonVMemory", "ProcessTreePythonRSSMemory"),
    *("ProcessTreeOtherVMemory", "ProcessTreeOtherRSSMemory", "MinorGCCount", "MinorGCTime"),
    *("MajorGCCount", "MajorGCTime", "TotalGCTime", "ConcurrentGCCount", "ConcurrentGCTime"),
)
_NO_PUSH_MERGE = {
    "Corrupt Merged Block Chunks": 0,
    "Merged Fetch Fallback Count": 0,
    "Merged Remote Blocks Fetched": 0,
    "Merged Local Blocks Fetched": 0,
    "Merged Remote Chunks Fetched": 0,
    "Merged Local Chunks Fetched": 0,
    "Merged Remote Bytes Read": 0,
    "Merged Local Bytes Read": 0,
    "Merged Remote Requests Duration": 0,
}
_FLAT_METRICS = [(m.name, m.event_log) for m in METRICS if m.event_log and "/" not in m.event_log]
_NESTED_METRICS = [
    (m.name, *m.event_log.split("/")) for m in METRICS if m.event_log and "/" in m.event_log
]


def _executor_metrics(metrics: ev.ExecutorMetrics) -> Json:
    return {
        **dict.fromkeys(_EXECUTOR_METRICS, 0),
        "OnHeapExecutionMemory": metrics.execution_memory,
        "OnHeapStorageMemory": metrics.storage_memory,
        "OnHeapUnifiedMemory": metrics.execution_memory + metrics.storage_memory,
        "ProcessTreePythonRSSMemory": metrics.resident_memory,
    }


def _task_metrics(metrics: TaskMetrics) -> Json:
    fields: Json = {path: getattr(metrics, name) for name, path in _FLAT_METRICS}
    fields["Peak On Heap Execution Memory"] = metrics.peak_execution_memory
    fields["Peak Off Heap Execution Memory"] = 0
    for name, group, path in _NESTED_METRICS:
        fields.setdefault(group, {})[path] = getattr(metrics, name)
    fields["Shuffle Read Metrics"]["Push Based Shuffle"] = _NO_PUSH_MERGE
    fields["Updated Blocks"] = [
        {
            "Block ID": block.block_id,
            "Status": {
                "Storage Level": _storage_level(block),
                "Memory Size": block.memory_size,
                "Disk Size": block.disk_size,
            },
        }
        for block in metrics.updated_blocks or ()
    ]
    return fields


# ------------------------------------------------------------------------------- results


def _end_reason(reason: ev.TaskEndReason) -> Json:
    fields: Json = {"Reason": type(reason).__name__}
    match reason:
        case ev.FetchFailed():
            if reason.block_manager is not None:
                fields["Block Manager Address"] = _block_manager(reason.block_manager)
            fields["Shuffle ID"] = reason.shuffle_id
            fields["Map ID"] = reason.map_id
            fields["Map Index"] = reason.map_index
            fields["Reduce ID"] = reason.reduce_id
            fields["Message"] = reason.message
        case ev.ExceptionFailure():
            fields["Class Name"] = reason.class_name
            fields["Description"] = reason.description
            fields["Stack Trace"] = _stack(reason.stack_trace)
            fields["Full Stack Trace"] = reason.full_stack_trace
            fields["Accumulator Updates"] = _accumulables(reason.accumulator_updates)
        case ev.TaskKilled():
            fields["Kill Reason"] = reason.reason
            fields["Accumulator Updates"] = []
        case ev.TaskCommitDenied():
            fields["Job ID"] = reason.job_id
            fields["Partition ID"] = reason.partition_id
            fields["Attempt Number"] = reason.attempt
        case ev.ExecutorLostFailure():
            fields["Executor ID"] = reason.executor_id
            fields["Exit Caused By App"] = reason.exit_caused_by_app
            if reason.reason is not None:
                fields["Loss Reason"] = reason.reason
        case ev.Success() | ev.Resubmitted() | ev.TaskResultLost() | ev.UnknownReason():
            pass
    return fields


def _job_result(result: ev.JobResult) -> Json:
    match result:
        case ev.JobSucceeded():
            return {"Result": "JobSucceeded"}
        case ev.JobFailed(message, stack_trace):
            exception = {"Message": message, "Stack Trace": _stack(stack_trace)}
            return {"Result": "JobFailed", "Exception": exception}


# ------------------------------------------------------------------------------- events


def _application_start(e: ev.ApplicationStart) -> Json:
    return {
        "App Name": e.app_name,
        "App ID": e.app_id,
        "Timestamp": e.time,
        "User": e.user,
        **({"App Attempt ID": e.attempt_id} if e.attempt_id is not None else {}),
    }


def _application_end(e: ev.ApplicationEnd) -> Json:
    return {"Timestamp": e.time, **({"ExitCode": e.exit_code} if e.exit_code is not None else {})}


def _environment_update(e: ev.EnvironmentUpdate) -> Json:
    return {
        "JVM Information": dict(e.runtime),
        "Spark Properties": dict(e.spark_properties),
        "Hadoop Properties": {},
        "System Properties": dict(e.system_properties),
        "Metrics Properties": {},
        "Classpath Entries": dict(e.python_path),
    }


def _resource_profile_added(e: ev.ResourceProfileAdded) -> Json:
    return {
        "Resource Profile Id": e.profile_id,
        "Executor Resource Requests": {
            name: {
                "Resource Name": name,
                "Amount": request.amount,
                "Discovery Script": request.discovery_script,
                "Vendor": request.vendor,
            }
            for name, request in e.executor_requests.items()
        },
        "Task Resource Requests": {
            name: {"Resource Name": name, "Amount": float(amount)}
            for name, amount in e.task_requests.items()
        },
    }


def _job_start(e: ev.JobStart) -> Json:
    return {
        "Job ID": e.job_id,
        "Submission Time": e.time,
        "Stage Infos": [_stage_info(stage) for stage in e.stage_infos],
        "Stage IDs": [stage.stage_id for stage in e.stage_infos],
        "Properties": dict(e.properties),
    }


def _task_end(e: ev.TaskEnd) -> Json:
    return {
        "Stage ID": e.stage_id,
        "Stage Attempt ID": e.attempt,
        "Task Type": e.task_type,
        "Task End Reason": _end_reason(e.reason),
        "Task Info": _task_info(e.task_info),
        "Task Executor Metrics": _executor_metrics(e.executor_metrics),
        **({"Task Metrics": _task_metrics(e.metrics)} if e.metrics is not None else {}),
    }


def _executor_added(e: ev.ExecutorAdded) -> Json:
    return {
        "Timestamp": e.time,
        "Executor ID": e.executor_id,
        "Executor Info": {
            "Host": e.host,
            "Total Cores": e.total_cores,
            "Log Urls": dict(e.log_urls),
            "Attributes": dict(e.attributes),
            "Resources": {
                name: {"name": name, "addresses": list(addresses)}
                for name, addresses in e.resources.items()
            },
            "Resource Profile Id": e.resource_profile_id,
            "Registration Time": e.time,
        },
    }


def _executor_metrics_update(e: ev.ExecutorMetricsUpdate) -> Json:
    peaks = {
        "Stage ID": -1,
        "Stage Attempt ID": -1,
        "Executor Metrics": _executor_metrics(e.metrics),
    }
    return {
        "Executor ID": e.executor_id,
        "Metrics Updated": [],
        "Executor Metrics Updated": [peaks],
    }


def _block_manager_added(e: ev.BlockManagerAdded) -> Json:
    return {
        "Block Manager ID": _block_manager(e.block_manager),
        "Maximum Memory": e.max_memory,
        "Timestamp": e.time,
        "Maximum Onheap Memory": e.max_memory,
        "Maximum Offheap Memory": 0,
    }


def _block_updated(e: ev.BlockUpdated) -> Json:
    return {
        "Block Updated Info": {
            "Block Manager ID": _block_manager(e.block_manager),
            "Block ID": e.block_id,
            "Storage Level": _storage_level(e.storage_level),
            "Memory Size": e.memory_size,
            "Disk Size": e.disk_size,
        }
    }


def _exclusion(e: ev.ExecutorExcluded | ev.ExecutorExcludedForStage) -> Json:
    fields = {"time": e.time, "executorId": e.executor_id, "taskFailures": e.task_failures}
    return {**fields, **_stage_bean(e)} if isinstance(e, ev.ExecutorExcludedForStage) else fields


def _node_exclusion(e: ev.NodeExcluded | ev.NodeExcludedForStage) -> Json:
    fields = {"time": e.time, "hostId": e.host, "executorFailures": e.executor_failures}
    return {**fields, **_stage_bean(e)} if isinstance(e, ev.NodeExcludedForStage) else fields


def _stage_bean(
    e: ev.ExecutorExcludedForStage
    | ev.NodeExcludedForStage
    | ev.SpeculativeTaskSubmitted
    | ev.UnschedulableTaskSetAdded
    | ev.UnschedulableTaskSetRemoved,
) -> Json:
    return {"stageId": e.stage_id, "stageAttemptId": e.attempt}


_ENCODERS: dict[type[ev.Event], Callable[[Any], Json]] = {
    ev.LogStart: lambda e: {"Spark Version": e.spark_version},
    ev.ApplicationStart: _application_start,
    ev.ApplicationEnd: _application_end,
    ev.EnvironmentUpdate: _environment_update,
    ev.ResourceProfileAdded: _resource_profile_added,
    ev.JobStart: _job_start,
    ev.JobEnd: lambda e: {
        "Job ID": e.job_id,
        "Completion Time": e.time,
        "Job Result": _job_result(e.result),
    },
    ev.StageSubmitted: lambda e: {
        "Stage Info": _stage_info(e.stage_info),
        "Properties": dict(e.properties),
    },
    ev.StageCompleted: lambda e: {"Stage Info": _stage_info(e.stage_info)},
    ev.TaskStart: lambda e: {
        "Stage ID": e.stage_id,
        "Stage Attempt ID": e.attempt,
        "Task Info": _task_info(e.task_info),
    },
    ev.TaskGettingResult: lambda e: {"Task Info": _task_info(e.task_info)},
    ev.TaskEnd: _task_end,
    ev.SpeculativeTaskSubmitted: _stage_bean,
    ev.ExecutorAdded: _executor_added,
    ev.ExecutorRemoved: lambda e: {
        "Timestamp": e.time,
        "Executor ID": e.executor_id,
        "Removed Reason": e.reason,
    },
    ev.ExecutorMetricsUpdate: _executor_metrics_update,
    ev.ExecutorExcluded: _exclusion,
    ev.ExecutorExcludedForStage: _exclusion,
    ev.ExecutorUnexcluded: lambda e: {"time": e.time, "executorId": e.executor_id},
    ev.NodeExcluded: _node_exclusion,
    ev.NodeExcludedForStage: _node_exclusion,
    ev.NodeUnexcluded: lambda e: {"time": e.time, "hostId": e.host},
    ev.UnschedulableTaskSetAdded: _stage_bean,
    ev.UnschedulableTaskSetRemoved: _stage_bean,
    ev.BlockManagerAdded: _block_manager_added,
    ev.BlockManagerRemoved: lambda e: {
        "Block Manager ID": _block_manager(e.block_manager),
        "Timestamp": e.time,
    },
    ev.BlockUpdated: _block_updated,
    ev.UnpersistRDD: lambda e: {"RDD ID": e.rdd_id},
    **SQL_ENCODERS,
}

LOGGED_EVENTS: frozenset[type[ev.Event]] = frozenset(
    kind for kind in get_args(ev.Event) if kind in _ENCODERS
)
"""Events that have a form in Spark's log."""

# Spark has no hand-written form for these: it writes them as beans, under their full class name.
_BEAN_EVENTS: frozenset[type[ev.Event]] = frozenset(
    {
        ev.SpeculativeTaskSubmitted,
        ev.ExecutorExcluded,
        ev.ExecutorExcludedForStage,
        ev.ExecutorUnexcluded,
        ev.NodeExcluded,
        ev.NodeExcludedForStage,
        ev.NodeUnexcluded,
        ev.UnschedulableTaskSetAdded,
        ev.UnschedulableTaskSetRemoved,
    }
)
_REDACTED_FIELDS = frozenset(
    {
        "Properties",
        "JVM Information",
        "Spark Properties",
        "System Properties",
        "Classpath Entries",
        "modifiedConfigs",
    }
)
