"""Data sources and scans: azure.purview.scanning's operations under the guide's names."""
import re
import urllib.parse
import uuid
import warnings

_SOURCE_KINDS = {"Azure Synapse Analytics": "AzureSynapseWorkspace"}
_SCAN_KINDS = {"AzureSynapseAnalyticsScan": "AzureSynapseWorkspaceMsi"}
_RULE_SETS = {"System_Default": "AzureSynapseSQL"}


def _real(word, words, what):
    if word not in words:
        return word
    warnings.warn(f"{what} {word!r} is the guide's spelling; the service calls it {words[word]!r}.", stacklevel=4)
    return words[word]


def _quoted(name):
    return urllib.parse.quote(name, safe="")


class Sources:
    def __init__(self, client):
        self._client = client

    def create_or_update(self, source):
        properties = dict(source["properties"])
        endpoint = properties.pop("endpoint", "")
        if workspace := re.fullmatch(r"https://([^./]+)\.dev\.azuresynapse\.net/?", endpoint):
            warnings.warn("'endpoint' is the guide's spelling; the service has dedicatedSqlEndpoint and serverlessSqlEndpoint.", stacklevel=2)
            properties.setdefault("dedicatedSqlEndpoint", f"{workspace[1]}.sql.azuresynapse.net")
            properties.setdefault("serverlessSqlEndpoint", f"{workspace[1]}-ondemand.sql.azuresynapse.net")
        elif endpoint:
            properties["endpoint"] = endpoint
        kind = _real(source["kind"], _SOURCE_KINDS, "The source kind")
        return self._client.scan("PUT", f"/datasources/{_quoted(source['name'])}", {"name": source["name"], "kind": kind, "properties": properties})

    def get(self, name):
        return self._client.scan("GET", f"/datasources/{_quoted(name)}")


class Scans:
    def __init__(self, client):
        self._client = client

    def create_or_update(self, data_source_name, scan_name, scan_config):
        """The scan, and the trigger of its recurrence, which the service keeps apart."""
        properties = dict(scan_config["properties"])
        recurrence, level = properties.pop("recurrence", None), properties.pop("scanLevelType", "Full")
        properties["scanRulesetName"] = _real(properties.get("scanRulesetName"), _RULE_SETS, "The rule set")
        kind = _real(scan_config["kind"], _SCAN_KINDS, "The scan kind")
        scan = self._client.scan("PUT", _path(data_source_name, scan_name), {"name": scan_name, "kind": kind, "properties": properties})
        if recurrence:
            trigger = {"properties": {"scanLevel": level, "recurrence": _recurrence(recurrence)}}
            self._client.scan("PUT", _path(data_source_name, scan_name) + "/triggers/default", trigger)
        return scan

    def run(self, data_source_name, scan_name):
        """Starts a run now; its id."""
        run_id = str(uuid.uuid4())
        self._client.scan("PUT", f"{_path(data_source_name, scan_name)}/runs/{run_id}", {})
        return run_id

    def history(self, data_source_name, scan_name):
        return self._client.scan("GET", _path(data_source_name, scan_name) + "/runs")["value"]


def _path(source, scan):
    return f"/datasources/{_quoted(source)}/scans/{_quoted(scan)}"


def _recurrence(spelled):
    real = dict(spelled)
    if "intervalUnit" in real:
        warnings.warn("'intervalUnit' is the guide's spelling; the service calls it 'frequency', of a trigger beside the scan.", stacklevel=3)
        real["frequency"] = real.pop("intervalUnit")
    if not real.get("startTime", "Z").endswith("Z"):
        real["startTime"] += "Z"
    real.setdefault("timezone", "UTC")
    return real
