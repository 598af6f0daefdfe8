"""Purview: the guide's source, scan and lineage, in its own spelling."""
import json
import time
import warnings

import pymssql
import pytest
from purviewclient import PurviewClient, PurviewError

from sql import run_sql


@pytest.fixture(scope="module")
def session(blocks):
    """What the blocks of this chapter share, as one Python session would."""
    return {"__name__": "guide"}


def run(block, session):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        exec(compile(block, "integration-guide.md", "exec"), session)
    return [str(one.message) for one in said]


def test_the_synapse_workspace_is_a_source(world, blocks, session):
    said = run(blocks[4], session)
    assert any("Azure Synapse Analytics" in one and "AzureSynapseWorkspace" in one for one in said)
    source = session["purview_client"].sources.get("synapse-workspace")
    assert source["kind"] == "AzureSynapseWorkspace"
    assert source["properties"]["dedicatedSqlEndpoint"] == f"{world.workspace}.sql.azuresynapse.net"
    assert source["properties"]["serverlessSqlEndpoint"] == f"{world.workspace}-ondemand.sql.azuresynapse.net"


def test_the_weekly_scan_has_its_trigger(blocks, session):
    said = run(blocks[5], session)
    assert any("intervalUnit" in one for one in said)
    client, scan = session["purview_client"], "/datasources/synapse-workspace/scans/synapse-weekly-scan"
    assert client.scan("GET", scan)["kind"] == "AzureSynapseWorkspaceMsi"
    trigger = client.scan("GET", scan + "/triggers/default")["properties"]
    assert trigger["scanLevel"] == "Full" and trigger["recurrence"]["frequency"] == "Week"
    assert trigger["recurrence"]["schedule"] == {"hours": [3], "minutes": [0], "weekDays": ["Sunday"]}
    assert client.scans.history("synapse-workspace", "synapse-weekly-scan") == []  # not yet Sunday


def test_a_scan_of_an_unknown_source_is_refused(session):
    with pytest.raises(PurviewError) as refused:
        session["purview_client"].scans.create_or_update("no-such-source", "s", {"kind": "AzureSynapseAnalyticsScan", "properties": {}})
    assert refused.value.status == 404


def entity_soon(client, type_name, name):
    """What the pool reports reaches the catalog a moment later."""
    for _ in range(100):
        try:
            return client.catalog("GET", f"/entity/uniqueAttribute/type/{type_name}?attr:qualifiedName={name}")["entity"]
        except PurviewError as missing:
            assert missing.status == 404
            time.sleep(0.1)
    raise AssertionError(f"{name} did not appear")


def lineage_between(client, source, target, type_name="azure_sql_table"):
    """The entities on the way from `source` to `target` (qualified names), walked upwards."""
    found = entity_soon(client, type_name, target)
    answer = client.lineage.get(found["guid"], "INPUT")
    upstream = {edge["toEntityId"]: edge["fromEntityId"] for edge in answer["relations"]}
    path = [found["guid"]]
    while path[-1] in upstream:
        path.append(upstream[path[-1]])
    entities = [answer["guidEntityMap"][guid] for guid in path]
    assert entities[-1]["attributes"]["qualifiedName"] == source
    return entities


def test_custom_lineage_can_be_walked(world, blocks, session):
    client = session["purview_client"]
    said = run(blocks[6], session)
    assert any("ProcessedVia" in one for one in said)
    path = lineage_between(client, f"https://{world.account}.dfs.core.windows.net/container/raw-data/source.parquet",
                           f"mssql://{world.workspace}.sql.azuresynapse.net/SQLPool1/dbo/ProcessedData")
    assert [one["typeName"] for one in path] == ["azure_sql_table", "Process", "azure_datalake_gen2_path"]
    assert path[1]["displayText"] == "ProcessedVia"


def test_lineage_to_an_entity_that_is_not_there_is_refused(world, owner):
    client = PurviewClient(account_name=world.purview, credential=owner)
    with pytest.raises(ValueError, match="nowhere"):
        client.lineage.create_custom_lineage({"entities": [], "relations": [{"fromEntityGuid": "nowhere", "toEntityGuid": "x"}]})


def test_the_extended_property_is_kept_and_becomes_lineage(world, blocks, session):
    with pytest.raises(pymssql.Error, match="ProcessedCustomerData"):
        run_sql(world, blocks[7])  # the table is not there yet
    run_sql(world, "CREATE TABLE dbo.ProcessedCustomerData (id INT NOT NULL)")
    run_sql(world, blocks[7])
    rows = run_sql(world, "SELECT name, CAST(value AS NVARCHAR(4000)) FROM fn_listextendedproperty('DATA_LINEAGE', 'SCHEMA', 'dbo', 'TABLE', 'ProcessedCustomerData', NULL, NULL)")
    assert [(name, json.loads(value)["sourceTable"]) for name, value in rows] == [("DATA_LINEAGE", "raw.CustomerData")]
    rows = run_sql(world, "SELECT p.name FROM sys.extended_properties p JOIN sys.tables t ON t.object_id = p.major_id WHERE t.name = 'ProcessedCustomerData'")
    assert rows == [("DATA_LINEAGE",)]
    tables = f"mssql://{world.workspace}.sql.azuresynapse.net/SQLPool1"
    path = lineage_between(session["purview_client"], tables + "/raw/CustomerData", tables + "/dbo/ProcessedCustomerData", "azure_synapse_dedicated_sql_table")
    process = session["purview_client"].catalog("GET", "/entity/guid/" + path[1]["guid"])["entity"]
    assert process["attributes"]["processingSteps"] == ["cleaned", "transformed"]
    assert process["customAttributes"]["provenance"] == "declared"
