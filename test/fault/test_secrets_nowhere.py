"""Secrets that went in through every door are in no file, no log and no record of the data directory in the clear."""
import os

import pytest
import requests
from azure.core.exceptions import HttpResponseError
from azure.identity import ClientSecretCredential
from azure.keyvault.secrets import SecretClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from loads import vault


def test_the_search_finds_what_is_there(server, planted, owner, group):
    """The control: a description is no secret, and is found."""
    text = planted.plant("description")
    client = DataFactoryManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"])
    client.factories.create_or_update(group, group, {"location": "westeurope"})
    client.pipelines.create_or_update(group, group, "p", {"properties": {"description": text, "activities": []}})
    server.terminate()
    assert planted.found_in(server)


def test_secrets_of_linked_services(server, planted, owner, group):
    client = DataFactoryManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"])
    client.factories.create_or_update(group, group, {"location": "westeurope"})
    lake = {"url": "https://lake.dfs.core.windows.net", "accountKey": {"type": "SecureString", "value": planted.plant("account key")}}
    client.linked_services.create_or_update(group, group, "lake", {"properties": {"type": "AzureBlobFS", "typeProperties": lake}})
    sql = {"connectionString": f"Server=tcp:ws.sql.azuresynapse.net;Database=d;User ID=u;Password={planted.plant('connection string')}"}
    client.linked_services.create_or_update(group, group, "sql", {"properties": {"type": "AzureSqlDW", "typeProperties": sql}})
    no_type = {"properties": {"typeProperties": {"accountKey": {"type": "SecureString", "value": planted.plant("refused")}}}}
    with pytest.raises(HttpResponseError):
        client.linked_services.create_or_update(group, group, "refused", no_type)
    server.terminate()
    assert planted.found_in(server) == []


def test_secrets_of_vaults(server, planted, owner, group):
    client = SecretClient(f"https://{vault(owner, group)}.vault.azure.net", owner)
    value = planted.plant("secret")
    client.set_secret("s", value)
    client.set_secret("s", planted.plant("second version"))
    assert client.get_secret("s", next(iter(sorted(client.list_properties_of_secret_versions("s"), key=lambda v: v.created_on))).version).value
    client.begin_delete_secret("s").result()
    server.terminate()
    assert planted.found_in(server) == []


def test_what_a_client_gets_wrong(server, planted, owner):
    credential = ClientSecretCredential(os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], planted.plant("client secret"))
    with pytest.raises(Exception, match="AADSTS"):
        credential.get_token("https://management.azure.com/.default")
    bearer = {"Authorization": "Bearer " + planted.plant("token")}
    assert requests.get("https://management.azure.com/subscriptions?api-version=2022-12-01", headers=bearer, timeout=10).status_code == 401
    planted.texts["issued token"] = owner.get_token("https://management.azure.com/.default").token
    requests.get("https://management.azure.com/subscriptions?api-version=2022-12-01", headers={"Authorization": "Bearer " + planted.texts["issued token"]}, timeout=10)
    server.terminate()
    assert planted.found_in(server) == []
