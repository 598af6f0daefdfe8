"""Starts a pipeline and shows its activities as they end."""
import datetime
import sys
import time

from azure.identity import DefaultAzureCredential
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import RunFilterParameters

from . import names
from .console import line


def run(pipeline, parameters):
    client = DataFactoryManagementClient(DefaultAzureCredential(), names.SUBSCRIPTION)
    run_id = client.pipelines.create_run(names.GROUP, names.FACTORY, pipeline, parameters=parameters).run_id
    shown = set()
    while True:
        state = client.pipeline_runs.get(names.GROUP, names.FACTORY, run_id)
        show(client, run_id, shown)
        if state.status not in ("Queued", "InProgress"):
            break
        time.sleep(0.25)
    line(f"run {run_id}: {state.status}")
    if state.status != "Succeeded":
        sys.exit(f"The pipeline {pipeline} {state.status.lower()}: {state.message}")
    return run_id


def show(client, run_id, shown):
    now = datetime.datetime.now(datetime.timezone.utc)
    window = RunFilterParameters(last_updated_after=now - datetime.timedelta(days=1), last_updated_before=now + datetime.timedelta(days=1))
    for activity in client.activity_runs.query_by_pipeline_run(names.GROUP, names.FACTORY, run_id, window).value:
        if activity.status in ("Queued", "InProgress") or activity.activity_run_id in shown:
            continue
        shown.add(activity.activity_run_id)
        output = activity.output or {}
        rows = output.get("rowsCopied", output.get("count", ""))
        table = (activity.get("userProperties") or {}).get("table", "")
        line(f"{activity.activity_name:<14}{table:<10}{activity.status:<10}{(activity.duration_in_ms or 0):>8,} ms {rows:>10}")
        if activity.status == "Failed":
            line(f"  {activity.error['errorCode']}: {activity.error['message']}")
