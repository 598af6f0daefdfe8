"""The activity log, its alerts and action groups through azure-mgmt-monitor, unmodified; the webhook is a server of this test."""
import datetime
import http.server
import json
import queue
import threading

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.monitor.models import (
    ActionGroup,
    ActionGroupResource,
    ActionList,
    ActivityLogAlertResource,
    AlertRuleAllOfCondition,
    AlertRuleAnyOfOrLeafCondition,
    AlertRulePatchObject,
    EmailReceiver,
    WebhookReceiver,
)
from azure.mgmt.resource.resources import ResourceManagementClient


@pytest.fixture
def client(owner, subscription_id):
    return MonitorManagementClient(owner, subscription_id, retry_total=0)


@pytest.fixture
def groups(owner, subscription_id):
    return ResourceManagementClient(owner, subscription_id, retry_total=0).resource_groups


@pytest.fixture
def group(groups, unique):
    yield groups.create_or_update(unique, {"location": "eastus"}).name
    groups.begin_delete(unique).result()


@pytest.fixture
def webhook():
    """Answers the first call with 503, as a receiver that is just restarting."""
    received = queue.Queue()

    class Receiver(http.server.BaseHTTPRequestHandler):
        failures = 1

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = 503 if Receiver.failures else 200
            Receiver.failures = 0
            if status == 200:
                received.put(json.loads(body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook", received
    server.shutdown()


def since(minutes):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.witness("monitor.ListActivityLog", "monitor.ListEventCategories")
def test_every_write_is_in_the_activity_log(client, groups, group):
    groups.update(group, {"tags": {"a": "1"}})
    events = list(client.activity_logs.list(filter=f"eventTimestamp ge '{since(5)}' and resourceGroupName eq '{group}'"))
    assert [e.operation_name.value for e in events] == ["Microsoft.Resources/subscriptions/resourceGroups/write"] * 2
    assert events[0].event_timestamp >= events[1].event_timestamp
    assert events[0].status.value == "Succeeded" and events[0].caller and events[0].correlation_id
    assert list(client.activity_logs.list(filter=f"eventTimestamp ge '{since(5)}' and resourceGroupName eq 'no-such-group'")) == []
    assert "Administrative" in [c.value for c in client.event_categories.list()]


@pytest.mark.parametrize("filter", ["resourceGroupName eq 'x'", "eventTimestamp ge 'soon'", "eventTimestamp ge '2020-01-01' or caller eq 'x'"])
def test_a_wrong_filter_is_refused(client, filter):
    with pytest.raises(HttpResponseError) as refused:
        list(client.activity_logs.list(filter=filter))
    assert refused.value.status_code == 400


@pytest.mark.witness(
    "monitor.PutActionGroup",
    "monitor.GetActionGroup",
    "monitor.ListActionGroupsOfGroup",
    "monitor.PutActivityLogAlert",
    "monitor.UpdateActivityLogAlert",
    "monitor.ListActivityLogAlertsOfGroup",
    "monitor.DeleteActivityLogAlert",
)
def test_an_alert_reaches_its_webhook(client, groups, group, subscription_id, webhook):
    url, received = webhook
    receiver = WebhookReceiver(name="hook", service_uri=url, use_common_alert_schema=True)
    team = client.action_groups.create_or_update(
        group, "team", ActionGroupResource(location="Global", group_short_name="team", enabled=True, webhook_receivers=[receiver])
    )
    assert [g.name for g in client.action_groups.list_by_resource_group(group)] == ["team"]
    conditions = [
        AlertRuleAnyOfOrLeafCondition(field="category", equals="Administrative"),
        AlertRuleAnyOfOrLeafCondition(field="operationName", equals="Microsoft.Resources/subscriptions/resourceGroups/write"),
    ]
    rule = ActivityLogAlertResource(
        location="Global",
        scopes=[f"/subscriptions/{subscription_id}/resourceGroups/{group}"],
        condition=AlertRuleAllOfCondition(all_of=conditions),
        actions=ActionList(action_groups=[ActionGroup(action_group_id=team.id, webhook_properties={"who": "me"})]),
        description="somebody changed the group",
    )
    client.activity_log_alerts.create_or_update(group, "changes", rule)
    groups.update(group, {"tags": {"b": "2"}})
    alert = received.get(timeout=15)
    assert alert["schemaId"] == "azureMonitorCommonAlertSchema"
    assert alert["data"]["essentials"]["alertRule"] == "changes"
    assert alert["data"]["essentials"]["monitoringService"] == "Activity Log - Administrative"
    assert alert["data"]["alertContext"]["operationName"] == "Microsoft.Resources/subscriptions/resourceGroups/write"
    assert alert["data"]["customProperties"] == {"who": "me"}

    client.activity_log_alerts.update(group, "changes", AlertRulePatchObject(enabled=False))
    groups.update(group, {"tags": {"c": "3"}})
    with pytest.raises(queue.Empty):
        received.get(timeout=1)
    client.activity_log_alerts.delete(group, "changes")
    with pytest.raises(ResourceNotFoundError):
        client.activity_log_alerts.get(group, "changes")


def test_what_cannot_be_reached_is_refused(client, group):
    mail = EmailReceiver(name="mail", email_address="team@example.com")
    with pytest.raises(HttpResponseError, match="emailReceivers"):
        client.action_groups.create_or_update(group, "team", ActionGroupResource(location="Global", group_short_name="team", enabled=True, email_receivers=[mail]))


def test_without_a_right_nothing(stranger, subscription_id):
    client = MonitorManagementClient(stranger, subscription_id, retry_total=0)
    with pytest.raises(HttpResponseError) as refused:
        list(client.activity_logs.list(filter=f"eventTimestamp ge '{since(5)}'"))
    assert refused.value.status_code == 403
