"""kill -9 in the middle of pipeline runs: each goes on to the same result, and nothing that had finished runs twice."""
import collections
import datetime
import http.server
import os
import threading
import time

import pytest
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import RunFilterParameters
from load import CONNECTION_BROKE, KILLS
from loads import ONCE
from server import killed_after

ITEMS = 12
END_SECONDS = 120
ENDED = ("Succeeded", "Failed", "Cancelled")


def activity(name, kind, properties, after=()):
    depends_on = [{"activity": other, "dependencyConditions": ["Succeeded"]} for other in after]
    return {"name": name, "type": kind, "typeProperties": properties, "dependsOn": depends_on}


def expression(text):
    return {"value": text, "type": "Expression"}


def pipeline(address):
    """Loops, waits, variables and calls to a server outside; the result is every item once, in order."""
    call = {"method": "POST", "url": expression(f"@concat('{address}/', item())"), "body": "{}"}
    loop = {
        "items": expression(f"@range(0, {ITEMS})"),
        "batchCount": 3,
        "activities": [
            activity("Before", "Wait", {"waitTimeInSeconds": 0}),
            activity("Call", "WebActivity", call, ["Before"]),
            activity("After", "AppendVariable", {"variableName": "done", "value": expression("@activity('Call').output.item")}, ["Call"]),
        ],
    }
    counted = {"expression": expression(f"@equals(length(variables('done')), {ITEMS})"), "ifTrueActivities": [activity("Whole", "Wait", {"waitTimeInSeconds": 1})]}
    returned = [{"key": "count", "value": expression("@length(variables('done'))")}]
    counted["ifFalseActivities"] = [activity("Torn", "Fail", {"message": "an item is missing", "errorCode": "Torn"})]
    return {
        "properties": {
            "variables": {"done": {"type": "Array"}, "pipelineReturnValue": {"type": "Array"}},
            "activities": [
                activity("Loop", "ForEach", loop),
                activity("Counted", "IfCondition", counted, ["Loop"]),
                activity("Return", "SetVariable", {"variableName": "pipelineReturnValue", "setSystemVariable": True, "value": returned}, ["Counted"]),
            ],
        }
    }


class Counter:
    """A server outside that counts the calls for each item."""

    def __init__(self):
        self.calls = collections.Counter()
        counter = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                item = self.path.strip("/")
                counter.calls[item] += 1
                time.sleep(0.05)
                body = b'{"item": "%s"}' % item.encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def counter():
    counter = Counter()
    yield counter
    counter.server.shutdown()


class Factory:
    def __init__(self, owner, group):
        self.client = DataFactoryManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"], **ONCE)
        self.names = (group, group)
        self.client.factories.create_or_update(*self.names, {"location": "westeurope"})

    def put(self, name, body):
        self.client.pipelines.create_or_update(*self.names, name, body)

    def start(self, name):
        return self.client.pipelines.create_run(*self.names, name).run_id

    def run(self, run_id):
        return self.client.pipeline_runs.get(*self.names, run_id)

    def activities(self, run_id):
        now = datetime.datetime.now(datetime.timezone.utc)
        day = datetime.timedelta(days=1)
        window = RunFilterParameters(last_updated_after=now - day, last_updated_before=now + day)
        return self.client.activity_runs.query_by_pipeline_run(*self.names, run_id, window).value

    def wait(self, run_id):
        deadline = time.monotonic() + END_SECONDS
        while (run := self.run(run_id)).status not in ENDED:
            assert time.monotonic() < deadline, f"{run_id} is still {run.status}"
            time.sleep(0.1)
        return run


def finished(activities):
    """What must never change again: the run's id, its times and its output."""
    return {one.activity_run_id: (one.activity_name, one.activity_run_start, one.activity_run_end, str(one.output)) for one in activities if one.status == "Succeeded"}


@pytest.fixture
def factory(owner, group, counter):
    factory = Factory(owner, group)
    factory.put("whole", pipeline(counter.address))
    return factory


def test_a_run_goes_on_to_the_same_result(server, factory, counter, rng):
    witnessed = 0
    for _ in range(KILLS):
        counter.calls.clear()
        run_id = factory.start("whole")
        seen, kills = {}, 0
        while factory.run(run_id).status not in ENDED and kills < 4:
            seen |= watch_until_killed(server, factory, run_id, rng)
            calls_done = {item for item in counter.calls if any(f"'item': '{item}'" in found[3] for found in seen.values() if found[0] == "Call")}
            before = dict(counter.calls)
            witnessed += len(calls_done)
            server.start()
            kills += 1
        run = factory.wait(run_id)
        assert run.status == "Succeeded", run.message
        check_result(factory.activities(run_id), seen)
        repeated = {item for item in calls_done if counter.calls[item] != before[item]}
        assert not repeated, f"finished calls were made again: {repeated}"
        assert set(counter.calls) == {str(item) for item in range(ITEMS)}
        assert max(counter.calls.values()) <= 1 + kills, "only a kill may repeat a call that was under way"
    assert witnessed, "no kill came between two calls; the test has proved nothing"


def watch_until_killed(server, factory, run_id, rng):
    """What had finished before the kill, as a client saw it."""
    seen = {}
    with killed_after(server, rng.uniform(0.02, 0.6)):
        try:
            while True:
                seen |= finished(factory.activities(run_id))
        except CONNECTION_BROKE:
            pass
    return seen


def check_result(activities, seen):
    ended = finished(activities)
    changed = {key: (value, ended.get(key)) for key, value in seen.items() if ended.get(key) != value}
    assert not changed, f"finished activities have changed: {changed}"
    counts = collections.Counter(one.activity_name for one in activities if one.status == "Succeeded")
    assert counts == {"Loop": 1, "Counted": 1, "Return": 1, "Whole": 1, "Before": ITEMS, "Call": ITEMS, "After": ITEMS}


def test_every_acknowledged_run_exists_and_ends(server, factory, rng):
    factory.put("short", {"properties": {"activities": [activity("A", "Wait", {"waitTimeInSeconds": 0}), activity("B", "Wait", {"waitTimeInSeconds": 1}, ["A"])]}})
    started = []
    for _ in range(KILLS):
        with killed_after(server, rng.uniform(0.05, 0.8)):
            try:
                while len(started) < 200:
                    started.append(factory.start("short"))
            except CONNECTION_BROKE:
                pass
        server.start()
    assert started and len(set(started)) == len(started)
    for run_id in started:
        assert factory.wait(run_id).status == "Succeeded"
        assert sorted(one.activity_name for one in factory.activities(run_id) if one.status == "Succeeded") == ["A", "B"]
