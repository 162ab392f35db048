"""Events of SQL in Spark's JSON: what the SQL tab of the History Server reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rayspark.events import sql as ev

Json = dict[str, Any]


def _plan(plan: ev.SparkPlanInfo) -> Json:
    return {
        "nodeName": plan.name,
        "simpleString": plan.text,
        "children": [_plan(child) for child in plan.children],
        "metadata": {},
        "metrics": [
            {"name": m.name, "accumulatorId": m.accumulator_id, "metricType": m.kind}
            for m in plan.metrics
        ],
    }


def _start(event: ev.SQLExecutionStart) -> Json:
    return {
        "executionId": event.execution_id,
        "rootExecutionId": event.execution_id,
        "description": event.description,
        "details": event.details,
        "physicalPlanDescription": event.plan_description,
        "sparkPlanInfo": _plan(event.plan),
        "time": event.time,
        "modifiedConfigs": dict(event.modified_configs),
        "jobTags": list(event.tags),
        "jobGroupId": event.group,
        "queryId": event.query_id,
    }


def _update(event: ev.SQLAdaptiveExecutionUpdate) -> Json:
    return {
        "executionId": event.execution_id,
        "physicalPlanDescription": event.plan_description,
        "sparkPlanInfo": _plan(event.plan),
    }


def _values(event: ev.DriverAccumUpdates) -> Json:
    return {
        "executionId": event.execution_id,
        "accumUpdates": [list(update) for update in event.updates],
    }


def _end(event: ev.SQLExecutionEnd) -> Json:
    return {
        "executionId": event.execution_id,
        "time": event.time,
        "errorMessage": event.error,
        "queryId": event.query_id,
    }


SQL_PACKAGE = "org.apache.spark.sql.execution.ui."
SQL_ENCODERS: dict[type[Any], Callable[[Any], Json]] = {
    ev.SQLExecutionStart: _start,
    ev.SQLAdaptiveExecutionUpdate: _update,
    ev.DriverAccumUpdates: _values,
    ev.SQLExecutionEnd: _end,
}
