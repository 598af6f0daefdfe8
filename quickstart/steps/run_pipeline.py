"""Starts a pipeline and shows its activities as they end."""
import datetime
import sys
import time

from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import RunFilterParameters

from . import names
from .console import line


def run(deployer, pipeline, parameters, expected="Succeeded"):
    """Returns the activities that failed."""
    client = DataFactoryManagementClient(deployer.credential, names.SUBSCRIPTION)
    run_id = client.pipelines.create_run(names.GROUP, names.FACTORY, pipeline, parameters=parameters).run_id
    shown = {}
    while True:
        state = client.pipeline_runs.get(names.GROUP, names.FACTORY, run_id)
        show(client, run_id, shown)
        if state.status not in ("Queued", "InProgress"):
            break
        time.sleep(0.25)
    line(f"run {run_id}: {state.status}")
    if state.status != expected:
        sys.exit(f"The pipeline {pipeline} {state.status.lower()}: {state.message}")
    return [activity for activity in shown.values() if activity.status == "Failed"]


def show(client, run_id, shown):
    now = datetime.datetime.now(datetime.timezone.utc)
    window = RunFilterParameters(last_updated_after=now - datetime.timedelta(days=1), last_updated_before=now + datetime.timedelta(days=1))
    for activity in client.activity_runs.query_by_pipeline_run(names.GROUP, names.FACTORY, run_id, window).value:
        if activity.status in ("Queued", "InProgress") or activity.activity_run_id in shown:
            continue
        shown[activity.activity_run_id] = activity
        output = activity.output or {}
        rows = output.get("rowsCopied", output.get("count", ""))
        line(f"{activity.activity_name:<16}{activity.status:<10}{(activity.duration_in_ms or 0):>8,} ms {rows:>10}")
        if activity.status == "Failed":
            line(f"  {activity.error['errorCode']}: {activity.error['message']}")
