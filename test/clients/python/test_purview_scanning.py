"""Scans with azure-purview-scanning: what is registered, what a scan reads, what it is refused."""
import time
import uuid

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.keyvault.secrets import SecretClient
from azure.purview.scanning import PurviewScanningClient
from pyapacheatlas.core import PurviewClient

from test_pipeline_runs import Factory
from test_purview import SQL_PASSWORD, Account, make_pool, run_sql

SECRETS_USER, BLOB_READER = "4633458b-17de-408a-b874-0445c86b69e6", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
SUNDAY_AT_THREE = {"properties": {"scanLevel": "Full", "recurrence": {
    "frequency": "Week", "interval": 1, "startTime": "2026-06-01T00:00:00Z", "timezone": "UTC",
    "schedule": {"hours": [3], "minutes": [0], "weekDays": ["Sunday"]}}}}


class World:
    """A lake with files, a pool with a table, a vault with the pool's password, a Purview account that may read them."""
    def __init__(self, owner, subscription):
        self.factory = Factory(owner, subscription, "t" + uuid.uuid4().hex[:10])
        self.factory.grant()
        for month in (1, 2):
            self.factory.files.get_file_client(f"sales/2024/0{month}/part{month}.csv").upload_data(b"id,card\n1,4111111111111111\n2,5500005555555559\n", overwrite=True)
        self.workspace = make_pool(owner, subscription, self.factory)
        run_sql(self.workspace, "CREATE TABLE dbo.customers (id INT, mail VARCHAR(60), note VARCHAR(20))",
                "INSERT INTO dbo.customers VALUES (1, 'ada@example.org', 'x')", "INSERT INTO dbo.customers VALUES (2, 'grace@example.org', 'y')")
        self.account = Account(owner, subscription)
        made = self.account.call("PUT", self.account.name, json={"location": "westeurope", "identity": {"type": "SystemAssigned"}})
        assert made.status_code == 201, made.text
        identity, roles = made.json()["identity"]["principalId"], AuthorizationManagementClient(owner, subscription).role_assignments
        vault = self.factory.name[:10] + "kv"
        properties = {"tenantId": made.json()["identity"]["tenantId"], "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True}
        kept = KeyVaultManagementClient(owner, subscription).vaults.begin_create_or_update(self.factory.group, vault, {"location": "westeurope", "properties": properties}).result()
        for role, scope in ((SECRETS_USER, kept.id), (BLOB_READER, self.factory.scope)):
            roles.create(scope, str(uuid.uuid4()), {"properties": {
                "roleDefinitionId": f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}", "principalId": identity, "principalType": "ServicePrincipal"}})
        self.vault_url = f"https://{vault}.vault.azure.net/"
        roles.create(kept.id, str(uuid.uuid4()), {"properties": {
            "roleDefinitionId": f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/b86a8fe4-44ce-4948-aee5-eccb2c155cd7",
            "principalId": self.owner_id(owner), "principalType": "ServicePrincipal"}})
        secrets = SecretClient(self.vault_url, owner)
        secrets.set_secret("good", SQL_PASSWORD)
        secrets.set_secret("bad", "not-it")
        self.scanning = PurviewScanningClient(endpoint=f"https://{self.account.name}.scan.purview.azure.com", credential=owner)
        self.map = PurviewClient(account_name=self.account.name, authentication=owner)

    @staticmethod
    def owner_id(owner):
        import base64, json
        claims = owner.get_token("https://management.azure.com/.default").token.split(".")[1]
        return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]

    def run(self, source, scan, **more):
        run_id = str(uuid.uuid4())
        assert self.scanning.scan_result.run_scan(source, scan, run_id, **more)["scanResultId"] == run_id
        for _ in range(400):
            last = self.scanning.scan_result.list_scan_history(source, scan)
            found = next(one for one in last if one["id"] == run_id)
            if found["status"] not in ("Accepted", "InProgress"):
                return found
            time.sleep(0.05)
        raise AssertionError(found)

    def entity(self, type_name, name):
        return self.map.get_entity(qualifiedName=name, typeName=type_name)["entities"][0]


@pytest.fixture(scope="module")
def world(owner, subscription_id):
    return World(owner, subscription_id)


def credential(world, name, secret):
    keys = f"https://{world.account.name}.scan.purview.azure.com/credentials/{name}"
    body = {"kind": "SqlAuth", "properties": {"typeProperties": {"user": "sqladmin", "password": {
        "type": "AzureKeyVaultSecret", "secretName": secret, "store": {"referenceName": "vault", "type": "LinkedServiceReference"}}}}}
    from azure.core.rest import HttpRequest
    answer = world.scanning.send_request(HttpRequest("PUT", keys, json=body))
    answer.raise_for_status()
    return {"referenceName": name, "credentialType": "SqlAuth"}


@pytest.mark.witness("purview.PutDataSource", "purview.GetDataSource", "purview.ListDataSources", "purview.PutScan", "purview.PutScanTrigger", "purview.GetScanTrigger",
                     "purview.RunScan", "purview.ListScanRuns", "purview.PutKeyVaultConnection", "purview.PutCredential", "purview.ListSystemRulesets")
def test_a_workspace_is_registered_and_scanned(world):
    scanning, endpoint = world.scanning, f"{world.workspace}.sql.azuresynapse.net"
    scanning.data_sources.create_or_update("ws", body={"kind": "AzureSynapseWorkspace", "properties": {"dedicatedSqlEndpoint": endpoint, "resourceName": world.workspace}})
    assert [one["name"] for one in scanning.data_sources.list_all()] == ["ws"]
    assert "AzureSynapseSQL" in [one["name"] for one in scanning.system_scan_rulesets.list_all()]
    scanning.key_vault_connections.create("vault", body={"properties": {"baseUrl": world.vault_url}})
    body = {"kind": "AzureSynapseWorkspaceCredential", "properties": {"scanRulesetName": "AzureSynapseSQL", "scanRulesetType": "System", "credential": credential(world, "good", "good")}}
    scanning.scans.create_or_update("ws", "weekly", body=body)
    scanning.triggers.create_trigger("ws", "weekly", body=SUNDAY_AT_THREE)
    assert scanning.triggers.get_trigger("ws", "weekly")["properties"]["recurrence"]["schedule"]["weekDays"] == ["Sunday"]
    run = world.run("ws", "weekly")
    assert run["status"] == "Succeeded", run
    table = world.entity("azure_synapse_dedicated_sql_table", f"mssql://{endpoint}/Pool1/dbo/customers")
    assert table["attributes"]["rowCount"] == 2
    assert {one["displayText"] for one in table["relationshipAttributes"]["columns"]} == {"id", "mail", "note"}
    column = world.entity("azure_synapse_dedicated_sql_column", f"mssql://{endpoint}/Pool1/dbo/customers#mail")
    assert column["attributes"]["data_type"] == "varchar"
    assert [one["typeName"] for one in column["classifications"]] == ["MICROSOFT.PERSONAL.EMAIL"]
    assert column["classifications"][0]["sourceDetails"]["MatchedValues"] == 2
    assert not world.entity("azure_synapse_dedicated_sql_column", f"mssql://{endpoint}/Pool1/dbo/customers#note")["classifications"]
    run_sql(world.workspace, "DROP TABLE dbo.customers")
    assert world.run("ws", "weekly")["discoveryExecutionDetails"]["statistics"]["assets"]["deleted"] == 1
    assert "entities" not in world.map.get_entity(qualifiedName=f"mssql://{endpoint}/Pool1/dbo/customers", typeName="azure_synapse_dedicated_sql_table")

    scanning.scans.create_or_update("ws", "wrong", body={**body, "properties": {**body["properties"], "credential": credential(world, "bad", "bad")}})
    refused = world.run("ws", "wrong")
    assert refused["status"] == "Failed" and refused["error"]["code"] == "SqlLoginFailed" and "not-it" not in str(refused)


@pytest.mark.witness("purview.PutDataSource", "purview.RunScan")
def test_a_lake_is_scanned_by_the_accounts_identity(world):
    world.scanning.data_sources.create_or_update("lake", body={"kind": "AdlsGen2", "properties": {"endpoint": f"https://{world.factory.account}.dfs.core.windows.net/"}})
    world.scanning.scans.create_or_update("lake", "all", body={"kind": "AdlsGen2Msi", "properties": {"scanRulesetName": "AdlsGen2", "scanRulesetType": "System"}})
    run = world.run("lake", "all")
    assert run["status"] == "Succeeded", run
    name = f"https://{world.factory.account}.dfs.core.windows.net/data/sales/{{N}}/{{N}}/part{{N}}.csv"
    found = world.entity("azure_datalake_gen2_resource_set", name)
    assert found["attributes"]["partitionCount"] == 2
    assert [one["typeName"] for one in found["classifications"]] == ["MICROSOFT.FINANCIAL.CREDIT_CARD_NUMBER"]


def test_what_is_wrong_is_refused(world, unique):
    scanning = world.scanning
    for call in (lambda: scanning.data_sources.create_or_update(unique, body={"kind": "Nothing", "properties": {}}),
                 lambda: scanning.scans.create_or_update(unique, "s", body={"kind": "AdlsGen2Msi", "properties": {"scanRulesetName": "AdlsGen2"}}),
                 lambda: scanning.data_sources.get(unique),
                 lambda: scanning.scan_result.run_scan("lake", unique, str(uuid.uuid4())),
                 lambda: scanning.triggers.create_trigger("lake", "all", body={"properties": {"recurrence": {"frequency": "Hour"}}})):
        with pytest.raises(HttpResponseError) as refused:
            call()
        assert 400 <= refused.value.status_code <= 501 and refused.value.response.json()["error"]["code"]
