"""Triggers of factories and workspaces with azure-mgmt-datafactory and azure-synapse-artifacts."""
import datetime
import time

import pytest
import requests
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from test_pipeline_runs import Factory
from test_synapse_control import artifacts, client, workspace  # noqa: F401 (fixtures)

NOW = datetime.datetime.now(datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def factory(owner, subscription_id):
    made = Factory(owner, subscription_id, "t" + __import__("uuid").uuid4().hex[:10])
    echo = {"name": "Echo", "type": "SetVariable", "typeProperties": {"variableName": "out", "value": {"value": "@pipeline().parameters.at", "type": "Expression"}}}
    made.pipeline("echo", [echo], parameters={"at": {"type": "string"}}, variables={"out": {"type": "String"}})
    return made


def window():
    now = datetime.datetime.now(datetime.timezone.utc)
    return {"lastUpdatedAfter": (now - HOUR).isoformat(), "lastUpdatedBefore": (now + HOUR).isoformat()}


def trigger_runs(factory, name, wanted, status="Succeeded"):
    """The runs of a trigger, once there are as many as wanted."""
    body = {**window(), "filters": [{"operand": "TriggerName", "operator": "Equals", "values": [name]}]}
    for _ in range(400):
        found = factory.client.trigger_runs.query_by_factory(factory.group, factory.name, body).value
        if sum(run.status == status for run in found) >= wanted:
            return found
        time.sleep(0.05)
    pytest.fail(f"{[(run.status, run.message) for run in found]}")


def echo_with(at):
    # The models of azure-mgmt-datafactory 10.0.0 write a wrong "type" for triggers: definitions go in as JSON.
    return {"pipelineReference": {"type": "PipelineReference", "referenceName": "echo"}, "parameters": {"at": at}}


def tumbling(factory, name, hours, at="@formatDateTime(trigger().outputs.windowStartTime,'yyyy-MM-dd HH')", **more):
    start = NOW.replace(minute=0, second=0, microsecond=0) - hours * HOUR
    properties = {"frequency": "Hour", "interval": 1, "startTime": start.isoformat(), "maxConcurrency": 2, **more}
    factory.put("triggers", name, {"type": "TumblingWindowTrigger", "pipeline": echo_with(at), "typeProperties": properties})
    return start


@pytest.mark.witness("data_factory.PutTrigger", "data_factory.StartTrigger", "data_factory.StopTrigger", "data_factory.QueryTriggerRuns")
def test_windows_that_have_passed_run_once_each_with_their_times(factory):
    start = tumbling(factory, "windows", 3)
    assert factory.client.triggers.get(factory.group, factory.name, "windows").properties.runtime_state == "Stopped"
    factory.client.triggers.begin_start(factory.group, factory.name, "windows").result()
    assert factory.client.triggers.get(factory.group, factory.name, "windows").properties.runtime_state == "Started"
    runs = trigger_runs(factory, "windows", 3)
    given = set()
    for run in runs:
        made = factory.client.pipeline_runs.get(factory.group, factory.name, run.triggered_pipelines["echo"])
        assert (made.status, made.invoked_by.name, made.invoked_by.invoked_by_type) == ("Succeeded", "windows", "TumblingWindowTrigger")
        given.add(made.parameters["at"])
    assert given == {(start + n * HOUR).strftime("%Y-%m-%d %H") for n in range(3)}
    with pytest.raises(HttpResponseError) as refused:  # a started trigger does not change
        tumbling(factory, "windows", 3)
    assert refused.value.error.code == "TriggerEnabledCannotUpdate"
    factory.client.triggers.begin_stop(factory.group, factory.name, "windows").result()
    assert factory.client.triggers.get(factory.group, factory.name, "windows").properties.runtime_state == "Stopped"
    factory.client.triggers.delete(factory.group, factory.name, "windows")


@pytest.mark.witness("data_factory.RerunTriggerRun", "data_factory.CancelTriggerRun")
def test_a_window_runs_again_when_asked(factory):
    tumbling(factory, "again", 1)
    factory.client.triggers.begin_start(factory.group, factory.name, "again").result()
    first = trigger_runs(factory, "again", 1)[0]
    factory.client.trigger_runs.rerun(factory.group, factory.name, "again", first.trigger_run_id)
    runs = trigger_runs(factory, "again", 2)
    assert len({run.triggered_pipelines["echo"] for run in runs}) == 2
    factory.client.trigger_runs.cancel(factory.group, factory.name, "again", first.trigger_run_id)  # it has ended: nothing to do
    with pytest.raises(ResourceNotFoundError):
        factory.client.trigger_runs.rerun(factory.group, factory.name, "again", "no-such-run")
    factory.client.triggers.begin_stop(factory.group, factory.name, "again").result()


def test_a_window_whose_expression_fails_starts_nothing(factory):
    tumbling(factory, "broken", 1, at="@trigger().outputs.nosuch")
    factory.client.triggers.begin_start(factory.group, factory.name, "broken").result()
    run = trigger_runs(factory, "broken", 1, status="Failed")[0]
    assert "nosuch" in run.message and not run.triggered_pipelines
    factory.client.triggers.begin_stop(factory.group, factory.name, "broken").result()


def test_schedules_fire_from_now_on(factory):
    soon = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
    recurrence = {"frequency": "Minute", "interval": 1, "startTime": (soon - datetime.timedelta(days=1)).isoformat(), "timeZone": "UTC"}
    factory.put("triggers", "schedule", {"type": "ScheduleTrigger", "pipelines": [echo_with("@trigger().scheduledTime")], "typeProperties": {"recurrence": recurrence}})
    factory.client.triggers.begin_start(factory.group, factory.name, "schedule").result()
    runs = trigger_runs(factory, "schedule", 1)
    assert len(runs) == 1 and runs[0].trigger_type == "ScheduleTrigger" and "ScheduleTime" in runs[0].properties
    factory.client.triggers.begin_stop(factory.group, factory.name, "schedule").result()


def test_what_cannot_run_is_refused_by_name(factory):
    factory.put("triggers", "custom", {"type": "CustomEventsTrigger", "typeProperties": {"scope": "/x", "events": ["a"]}, "pipelines": []})
    with pytest.raises(HttpResponseError) as refused:
        factory.client.triggers.begin_start(factory.group, factory.name, "custom").result()
    assert "CustomEventsTrigger" in refused.value.message
    with pytest.raises(ResourceNotFoundError):
        factory.client.triggers.begin_start(factory.group, factory.name, "nobody").result()


@pytest.mark.witness("data_factory.PutGlobalParameters")
def test_global_parameters_and_user_properties_are_evaluated(factory):
    values = {"region": {"type": "String", "value": "north"}, "limit": {"type": "Int", "value": 7}}
    factory.client.global_parameters.create_or_update(factory.group, factory.name, "default", {"properties": values})
    expression = "@concat(pipeline().globalParameters.region, string(add(pipeline().globalParameters.limit, 1)))"
    activity = {
        "name": "V",
        "type": "SetVariable",
        "typeProperties": {"variableName": "out", "value": {"value": expression, "type": "Expression"}},
        "userProperties": [{"name": "where", "value": "@pipeline().globalParameters.region"}, {"name": "fixed", "value": "x"}],
    }
    factory.pipeline("globals", [activity], variables={"out": {"type": "String"}})
    run = factory.run("globals")
    shown = factory.activities(run.run_id)["V"]
    assert run.status == "Succeeded" and shown.output["value"] == "north8"
    assert shown["userProperties"] == {"where": "north", "fixed": "x"}
    activity["typeProperties"]["value"]["value"] = "@pipeline().globalParameters.nosuch"
    factory.pipeline("globals", [activity], variables={"out": {"type": "String"}})
    assert factory.run("globals").status == "Failed"


@pytest.mark.witness("synapse.PutTrigger", "synapse.StartTrigger", "synapse.StopTrigger", "synapse.QueryTriggerRuns")
def test_a_workspaces_windows(artifacts, workspace, owner):
    from azure.synapse.artifacts import models

    echo = models.SetVariableActivity(name="Echo", variable_name="out", value={"value": "@pipeline().TriggerType", "type": "Expression"})
    artifacts.pipeline.begin_create_or_update_pipeline("echo", models.PipelineResource(activities=[echo], variables={"out": models.VariableSpecification(type="String")})).result()
    # azure-synapse-artifacts 0.22.0, too, writes triggers without their "type".
    start = NOW.replace(minute=0, second=0, microsecond=0) - HOUR
    windows = {"frequency": "Hour", "interval": 1, "startTime": start.isoformat(), "maxConcurrency": 1}
    pipeline = {"pipelineReference": {"type": "PipelineReference", "referenceName": "echo"}}
    body = {"properties": {"type": "TumblingWindowTrigger", "pipeline": pipeline, "typeProperties": windows}}
    headers = {"Authorization": "Bearer " + owner.get_token("https://dev.azuresynapse.net/.default").token}
    url = f"https://{workspace}.dev.azuresynapse.net/triggers/w?api-version=2020-12-01"
    requests.put(url, json=body, headers=headers, timeout=30).raise_for_status()
    artifacts.trigger.begin_start_trigger("w").result()
    body = models.RunFilterParameters(last_updated_after=NOW - HOUR, last_updated_before=NOW + HOUR)
    for _ in range(200):
        found = artifacts.trigger_run.query_trigger_runs_by_workspace(body).value
        if [run.status for run in found] == ["Succeeded"]:
            break
        time.sleep(0.05)
    assert [(run.trigger_name, run.status) for run in found] == [("w", "Succeeded")]
    made = artifacts.pipeline_run.get_pipeline_run(found[0].triggered_pipelines["echo"])
    assert made.invoked_by.name == "w"
    with pytest.raises(ResourceNotFoundError):
        artifacts.trigger.begin_start_trigger("nobody").result()
    artifacts.trigger.begin_stop_trigger("w").result()
    assert artifacts.trigger.get_trigger("w").properties.runtime_state == "Stopped"
