"""The data map with pyapacheatlas: entities, types, lineage; and lineage that nobody declared."""
import base64
import json
import os
import time
import uuid

import pymssql
import pytest
import requests
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import DataLakeStorageAccountDetails, ManagedIdentity, Sku, SqlPool, Workspace
from pyapacheatlas.core import AtlasEntity, AtlasProcess, PurviewClient
from pyapacheatlas.core.typedef import AtlasAttributeDef, EntityTypeDef
from pyapacheatlas.core.util import AtlasException

from test_pipeline_runs import Factory, dataset

READER = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
SQL_PASSWORD = "Pw-" + uuid.uuid4().hex


class Account:
    def __init__(self, credential, subscription):
        self.name = "t" + uuid.uuid4().hex[:10]
        ResourceManagementClient(credential, subscription).resource_groups.create_or_update(self.name, {"location": "westeurope"})
        self.accounts = f"https://management.azure.com/subscriptions/{subscription}/resourceGroups/{self.name}/providers/Microsoft.Purview/accounts"
        self.headers = {"Authorization": "Bearer " + credential.get_token("https://management.azure.com/.default").token}

    def call(self, method, name="", **more):
        return requests.request(method, f"{self.accounts}{name and '/' + name}", params={"api-version": "2021-12-01"}, headers=self.headers, timeout=30, **more)


@pytest.fixture(scope="module")
def account(owner, subscription_id):
    made = Account(owner, subscription_id)
    answer = made.call("PUT", made.name, json={"location": "westeurope", "identity": {"type": "None"}, "properties": {}})
    assert answer.status_code == 201, answer.text
    assert answer.json()["properties"]["endpoints"]["catalog"] == f"https://{made.name}.purview.azure.com/catalog"
    return made


@pytest.fixture(scope="module")
def client(owner, account):
    return PurviewClient(account_name=account.name, authentication=owner)


@pytest.mark.witness("purview.PutAccount", "purview.GetAccount", "purview.ListAccountsOfGroup", "purview.DeleteAccount")
def test_accounts_come_and_go(account, unique):
    assert account.call("PUT", unique, json={"location": "westeurope"}).status_code == 201
    assert account.call("GET", unique).json()["properties"]["provisioningState"] == "Succeeded"
    assert unique in [one["name"] for one in account.call("GET").json()["value"]]
    assert account.call("DELETE", unique).status_code == 200
    assert account.call("GET", unique).status_code == 404
    assert account.call("PUT", "a_b", json={"location": "westeurope"}).status_code == 400


@pytest.mark.witness("purview.UpsertEntities", "purview.GetEntitiesByName", "purview.GetEntities", "purview.GetLineage", "purview.GetNextLineage", "purview.DeleteEntities")
def test_entities_are_uploaded_and_lineage_is_walked(client, unique):
    source = AtlasEntity(unique + "-in", "DataSet", unique + "/in", guid="-1")
    sink = AtlasEntity(unique + "-out", "DataSet", unique + "/out", guid="-2")
    process = AtlasProcess(unique + "-p", "Process", unique + "/p", inputs=[source], outputs=[sink], guid="-3")
    guids = client.upload_entities([source, sink, process])["guidAssignments"]
    found = client.get_entity(qualifiedName=unique + "/p", typeName="Process")["entities"][0]
    assert found["guid"] == guids["-3"]
    assert [one["guid"] for one in found["attributes"]["inputs"]] == [guids["-1"]]
    lineage = client.get_entity_lineage(guids["-2"])
    assert set(lineage["guidEntityMap"]) == set(guids.values())
    edges = {(one["fromEntityId"], one["toEntityId"]) for one in lineage["relations"]}
    assert edges == {(guids["-1"], guids["-3"]), (guids["-3"], guids["-2"])}
    assert {one["provenance"] for one in lineage["relations"]} == {"reported"}
    assert len(client.get_entity_lineage(guids["-2"], depth=1)["relations"]) == 1
    assert guids["-3"] in client.get_entity_next_lineage(guids["-2"], direction="INPUT")["guidEntityMap"]
    assert client.get_entity_lineage(guids["-2"], direction="OUTPUT")["relations"] == []
    client.delete_entity(guid=guids["-3"])
    assert client.get_entity_lineage(guids["-2"])["relations"] == []


@pytest.mark.witness("purview.CreateTypes", "purview.GetTypeByName", "purview.DeleteType", "purview.ListTypes")
def test_types_are_made_and_used(client, unique):
    client.upload_typedefs(entityDefs=[EntityTypeDef(unique, superTypes=["DataSet"], attributeDefs=[AtlasAttributeDef("extra")])])
    assert client.get_typedef(name=unique)["superTypes"] == ["DataSet"]
    assert "dataset_process_inputs" in [one["name"] for one in client.get_all_typedefs()["relationshipDefs"]]
    client.delete_type(unique)
    with pytest.raises(AtlasException, match="ATLAS-404-00-001"):
        client.get_typedef(name=unique)


def test_what_is_unknown_is_refused_in_the_words_of_atlas(client, unique):
    with pytest.raises(AtlasException, match="ATLAS-400-00-014"):
        client.upload_entities([AtlasEntity("x", "no_such_type", unique, guid="-1")])
    with pytest.raises(AtlasException, match="ATLAS-404-00-005"):
        client.get_single_entity(guid=str(uuid.uuid4()))
    with pytest.raises(AtlasException, match="ATLAS-404-00-005"):
        client.get_entity_lineage(str(uuid.uuid4()))
    with pytest.raises(KeyError):
        client.get_entity(qualifiedName=unique, typeName="DataSet")["entities"]


def test_other_audiences_and_strangers_are_refused(account, owner, stranger):
    url = f"https://{account.name}.purview.azure.com/catalog/api/atlas/v2/types/typedefs/headers"

    def status(credential, audience):
        return requests.get(url, headers={"Authorization": "Bearer " + credential.get_token(audience).token}, timeout=30).status_code

    assert requests.get(url, timeout=30).status_code == 401
    assert status(owner, "https://management.azure.com/.default") == 401
    assert status(stranger, "https://purview.azure.net/.default") == 403
    assert status(owner, "https://purview.azure.net/.default") == 200


def make_pool(credential, subscription, factory):
    """A workspace over the factory's lake, whose identity may read it, with one pool."""
    synapse, name = SynapseManagementClient(credential, subscription), factory.name[:10] + "ws"
    storage = DataLakeStorageAccountDetails(account_url=f"https://{factory.account}.dfs.core.windows.net", filesystem="data")
    workspace = synapse.workspaces.begin_create_or_update(factory.group, name, Workspace(
        location="westeurope", identity=ManagedIdentity(type="SystemAssigned"), default_data_lake_storage=storage,
        sql_administrator_login="sqladmin", sql_administrator_login_password=SQL_PASSWORD)).result()
    synapse.sql_pools.begin_create(factory.group, name, "Pool1", SqlPool(location="westeurope", sku=Sku(name="DW100c"))).result()
    role = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    AuthorizationManagementClient(credential, subscription).role_assignments.create(factory.scope, str(uuid.uuid4()), {
        "properties": {"roleDefinitionId": role, "principalId": workspace.identity.principal_id, "principalType": "ServicePrincipal"}})
    return name


def run_sql(workspace, *statements):
    host, port = os.environ["AXONITE_SQL_DEDICATED"].rsplit(":", 1)
    with pymssql.connect(server=host, port=port, user=f"sqladmin@{workspace}", password=SQL_PASSWORD, database="Pool1", autocommit=True) as connection:
        for statement in statements:
            connection.cursor().execute(statement)


def entity_soon(client, type_name, name):
    """Reports reach the catalog a moment after the statement's end."""
    for _ in range(200):
        if found := client.get_entity(qualifiedName=name, typeName=type_name).get("entities"):
            return found[0]
        time.sleep(0.05)
    raise AssertionError(f"{name} did not appear")


@pytest.mark.witness("purview.GetLineage", "purview.GetEntitiesByName")
def test_a_table_leads_back_to_the_csv_though_nobody_declared_it(client, owner, subscription_id):
    factory = Factory(owner, subscription_id, "t" + uuid.uuid4().hex[:10])
    factory.grant()
    factory.files.get_file_client("in/people.csv").upload_data(b"id,name\n1,Ada\n2,Grace\n", overwrite=True)
    factory.put("datasets", "Csv", dataset("DelimitedText", "in/people.csv", firstRowAsHeader=True, columnDelimiter=","))
    factory.put("datasets", "Parquet", dataset("Parquet", "out/people/people.parquet"))
    copy = {"name": "CopyPeople", "type": "Copy", "inputs": [{"referenceName": "Csv", "type": "DatasetReference"}],
            "outputs": [{"referenceName": "Parquet", "type": "DatasetReference"}],
            "typeProperties": {"source": {"type": "DelimitedTextSource"}, "sink": {"type": "ParquetSink"}}}
    factory.pipeline("Load", [copy])
    assert factory.run("Load").status == "Succeeded"
    workspace = make_pool(owner, subscription_id, factory)
    lake = f"https://{factory.account}.dfs.core.windows.net/data"
    run_sql(workspace, "CREATE TABLE dbo.staged (id VARCHAR(20), name VARCHAR(40))",
            f"COPY INTO dbo.staged FROM '{lake}/out/people/' WITH (FILE_TYPE = 'PARQUET')",
            "CREATE TABLE dbo.people WITH (DISTRIBUTION = ROUND_ROBIN) AS SELECT CAST(id AS INT) AS person, name FROM dbo.staged")

    pool = f"mssql://{workspace}.sql.azuresynapse.net/Pool1/dbo"
    table = entity_soon(client, "azure_synapse_dedicated_sql_table", pool + "/people")
    lineage = client.get_entity_lineage(table["guid"], depth=20, direction="INPUT", includeParent=True)
    entities = lineage["guidEntityMap"]
    names = {one["attributes"]["qualifiedName"]: one for one in entities.values()}
    assert f"{lake}/in/people.csv" in names
    upstream = {one["toEntityId"]: one["fromEntityId"] for one in lineage["relations"]}
    assert {one["provenance"] for one in lineage["relations"]} == {"observed"}
    path = [table["guid"]]
    while path[-1] in upstream:
        path.append(upstream[path[-1]])
    assert [entities[guid]["typeName"] for guid in path] == [
        "azure_synapse_dedicated_sql_table", "axonite_sql_operation", "azure_synapse_dedicated_sql_table", "axonite_sql_operation",
        "azure_datalake_gen2_path", "azure_datalake_gen2_path", "adf_copy_operation", "azure_datalake_gen2_path"]
    mapping = json.loads(entities[path[1]]["attributes"]["columnMapping"])
    assert mapping[0]["DatasetMapping"] == {"Source": pool + "/staged", "Sink": pool + "/people"}
    assert {"Source": "id", "Sink": "person"} in mapping[0]["ColumnMapping"]
    assert {"Source": "name", "Sink": "name"} in json.loads(entities[path[6]]["attributes"]["columnMapping"])[0]["ColumnMapping"]
    assert client.get_single_entity(guid=path[1])["entity"]["customAttributes"]["provenance"] == "observed"


def test_a_delta_table_of_spark_leads_back_with_its_columns(client, owner, subscription_id):
    from pyspark.sql import SparkSession, functions as F

    factory = Factory(owner, subscription_id, "t" + uuid.uuid4().hex[:10])
    factory.files.get_file_client("in/people.csv").upload_data(b"id,name\n1,Ada\n2,Grace\n3,Ada\n", overwrite=True)
    claims = owner.get_token("https://management.azure.com/.default").token.split(".")[1]
    role = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
    AuthorizationManagementClient(owner, subscription_id).role_assignments.create(factory.scope, str(uuid.uuid4()), {
        "properties": {"roleDefinitionId": role, "principalId": json.loads(base64.urlsafe_b64decode(claims + "=="))["oid"], "principalType": "ServicePrincipal"}})
    spark = SparkSession.builder.remote(f"{os.environ['AXONITE_SPARK']}/;token={owner.get_token('https://dev.azuresynapse.net/.default').token}").create()
    root = f"abfss://data@{factory.account}.dfs.core.windows.net"
    people = spark.read.option("header", True).csv(root + "/in/people.csv")
    people.groupBy(F.upper("name").alias("who")).agg(F.count("id").alias("times")).write.format("delta").save(root + "/gold/names")
    spark.stop()
    lake = f"https://{factory.account}.dfs.core.windows.net/data"
    table = entity_soon(client, "azure_datalake_gen2_path", lake + "/gold/names")
    lineage = client.get_entity_lineage(table["guid"], depth=5, direction="INPUT")
    steps = [one for one in lineage["guidEntityMap"].values() if one["typeName"] == "axonite_spark_operation"]
    assert len(steps) == 1
    mapping = json.loads(steps[0]["attributes"]["columnMapping"])[0]
    assert mapping["DatasetMapping"] == {"Source": lake + "/in/people.csv", "Sink": lake + "/gold/names"}
    assert sorted((one["Source"], one["Sink"]) for one in mapping["ColumnMapping"]) == [("id", "times"), ("name", "who")]
