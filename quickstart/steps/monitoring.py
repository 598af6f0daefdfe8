"""An activity-log alert on the factory, delivered to a webhook that this program serves."""
import http.server
import json
import queue
import sys
import threading

from azure.mgmt.monitor import MonitorManagementClient
from azure.mgmt.monitor.models import (
    ActionGroup as AlertAction,
    ActionGroupResource,
    ActionList,
    ActivityLogAlertResource,
    AlertRuleAllOfCondition,
    AlertRuleAnyOfOrLeafCondition,
    WebhookReceiver,
)

from . import identity, names, run_pipeline
from .console import line

WAIT_S = 15
ALERT = "pipeline-failed"


class Webhook:
    """What arrives is put into `alerts`."""

    def __enter__(self):
        alerts = self.alerts = queue.Queue()

        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                alerts.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self.server.server_port}/alert"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def alert_rule(webhook_url):
    client = MonitorManagementClient(identity.owner, names.SUBSCRIPTION)
    receiver = WebhookReceiver(name="quickstart", service_uri=webhook_url, use_common_alert_schema=True)
    group = client.action_groups.create_or_update(
        names.GROUP, "on-call", ActionGroupResource(location="Global", group_short_name="on-call", enabled=True, webhook_receivers=[receiver])
    )
    conditions = (("category", "Administrative"), ("status", "Failed"), ("level", "Error"))
    client.activity_log_alerts.create_or_update(
        names.GROUP,
        ALERT,
        ActivityLogAlertResource(
            location="Global",
            scopes=[names.FACTORY_ID],
            condition=AlertRuleAllOfCondition(all_of=[AlertRuleAnyOfOrLeafCondition(field=field, equals=value) for field, value in conditions]),
            actions=ActionList(action_groups=[AlertAction(action_group_id=group.id)]),
            enabled=True,
            description="A pipeline run of the factory failed.",
        ),
    )
    line(f"activity-log alert {ALERT}, action group on-call")


def see_a_failure(deployer, pipeline):
    """Makes a run fail and waits for the alert of it."""
    with Webhook() as webhook:
        alert_rule(webhook.url)
        failed = run_pipeline.run(deployer, pipeline, {"expectedFlights": 1_000_000_000}, expected="Failed")
        if "TooFewFlights" not in [activity.error["errorCode"] for activity in failed]:
            sys.exit(f"No activity failed with TooFewFlights: {failed}")
        try:
            alert = webhook.alerts.get(timeout=WAIT_S)
        except queue.Empty:
            sys.exit(f"No alert came within {WAIT_S} s.")
    essentials, context = alert["data"]["essentials"], alert["data"]["alertContext"]
    if alert["schemaId"] != "azureMonitorCommonAlertSchema" or essentials["alertRule"] != ALERT:
        sys.exit(f"Another alert came: {alert}")
    line(f"webhook: {essentials['alertRule']} {essentials['monitorCondition'].lower()}, {essentials['monitoringService']}")
    line(f"  {context['properties']['pipelineName']}: {context['properties']['errorMessage']}")
