"""Notebooks deployed with azure-synapse-artifacts and run by pipelines of a factory, as the factory's identity."""
import base64
import datetime
import json
import time
import uuid

import pytest
import requests
from azure.keyvault.secrets import SecretClient
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import Factory, FactoryIdentity, RunFilterParameters
from azure.mgmt.keyvault import KeyVaultManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.storage.filedatalake import DataLakeServiceClient
from azure.synapse.accesscontrol import AccessControlClient
from azure.synapse.artifacts import ArtifactsClient
from azure.synapse.artifacts.models import AzureKeyVaultLinkedService

COMPUTE_OPERATOR = "e3844cc7-4670-42cb-9349-9bdac1ee7881"
ARTIFACT_USER = "53faaa0e-40b6-40c8-a2ff-e38f2d388875"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
BLOB_DATA_CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
POOL = "small"
ENDED = ("Succeeded", "Failed", "Cancelled")


def code(*lines, parameters=False):
    return {"cell_type": "code", "metadata": {"tags": ["parameters"]} if parameters else {}, "source": [line + "\n" for line in lines], "outputs": [], "execution_count": None}


def notebook(*cells):
    pool = {"referenceName": POOL, "type": "BigDataPoolReference"}
    language = {"language_info": {"name": "python"}, "kernelspec": {"name": "synapse_pyspark", "display_name": "Synapse PySpark"}}
    return {"properties": {"nbformat": 4, "nbformat_minor": 2, "bigDataPool": pool, "metadata": language, "cells": list(cells)}}


class Place:
    """A workspace with a Spark pool, and a factory whose identity may read its notebooks and use its pools."""

    def __init__(self, owner, subscription):
        self.name = "nb" + uuid.uuid4().hex[:10]
        self.owner, self.subscription = owner, subscription
        self.groups = ResourceManagementClient(owner, subscription).resource_groups
        self.groups.create_or_update(self.name, {"location": "eastus"})
        synapse = SynapseManagementClient(owner, subscription)
        synapse.workspaces.begin_create_or_update(self.name, self.name, {
            "location": "eastus", "identity": {"type": "SystemAssigned"},
            "default_data_lake_storage": {"account_url": "https://lake.dfs.core.windows.net", "filesystem": "raw"},
            "sql_administrator_login": "boss", "sql_administrator_login_password": "Hush-hush-1"}).result()
        synapse.big_data_pools.begin_create_or_update(self.name, self.name, POOL, {
            "location": "eastus", "spark_version": "3.5", "node_count": 3, "node_size": "Small", "node_size_family": "MemoryOptimized"}).result()
        self.endpoint = f"https://{self.name}.dev.azuresynapse.net"
        self.artifacts = ArtifactsClient(owner, self.endpoint, retry_total=0)
        self.access = AccessControlClient(owner, self.endpoint)
        self.factories = DataFactoryManagementClient(owner, subscription, retry_total=0)
        self.identity = self.add_factory(self.name)
        for role in (COMPUTE_OPERATOR, ARTIFACT_USER):
            self.access.role_assignments.create_role_assignment(str(uuid.uuid4()), role, self.identity, f"workspaces/{self.name}")

    def add_factory(self, name):
        made = self.factories.factories.create_or_update(self.name, name, Factory(location="eastus", identity=FactoryIdentity(type="SystemAssigned")))
        self.factories.linked_services.create_or_update(self.name, name, "Workspace", {
            "properties": {"type": "AzureSynapseArtifacts", "typeProperties": {"endpoint": self.endpoint, "authentication": "MSI"}}})
        return made.identity.principal_id

    def deploy(self, name, *cells):
        self.artifacts.notebook.begin_create_or_update_notebook(name, {"name": name, **notebook(*cells)}).result()

    def start(self, name, parameters=None, factory=None, timeout="0.00:02:00"):
        properties = {"notebook": {"referenceName": name, "type": "NotebookReference"}, "parameters": parameters or {},
                      "sparkPool": {"referenceName": POOL, "type": "BigDataPoolReference"}}
        activity = {"name": "Run", "type": "SynapseNotebook", "policy": {"timeout": timeout}, "typeProperties": properties,
                    "linkedServiceName": {"referenceName": "Workspace", "type": "LinkedServiceReference"}}
        factory = factory or self.name
        self.factories.pipelines.create_or_update(self.name, factory, name, {"properties": {"activities": [activity]}})
        return self.factories.pipelines.create_run(self.name, factory, name).run_id

    def wait(self, run, factory=None):
        factory = factory or self.name
        for _ in range(600):
            if self.factories.pipeline_runs.get(self.name, factory, run).status in ENDED:
                break
            time.sleep(0.2)
        now = datetime.datetime.now(datetime.timezone.utc)
        hour = datetime.timedelta(hours=1)
        found = self.factories.activity_runs.query_by_pipeline_run(self.name, factory, run, RunFilterParameters(last_updated_after=now - hour, last_updated_before=now + hour))
        return found.value[0]

    def run(self, name, parameters=None):
        return self.wait(self.start(name, parameters))

    def grant(self, role, scope, principal):
        definition = f"/subscriptions/{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"
        assignments = AuthorizationManagementClient(self.owner, self.subscription).role_assignments
        assignments.create(scope, str(uuid.uuid4()), {"role_definition_id": definition, "principal_id": principal, "principal_type": "ServicePrincipal"})

    def snapshot(self, result, credential=None):
        token = (credential or self.owner).get_token("https://dev.azuresynapse.net/.default").token
        return requests.get(result["snapshotUrl"], params={"api-version": "2020-12-01"}, headers={"Authorization": "Bearer " + token}, timeout=30)


@pytest.fixture(scope="module")
def place(owner, subscription_id):
    made = Place(owner, subscription_id)
    yield made
    made.groups.begin_delete(made.name).result()


@pytest.fixture(scope="module")
def lake(place):
    """The factory's identity may write below this address."""
    client = StorageManagementClient(place.owner, place.subscription)
    account = client.storage_accounts.begin_create(place.name, "st" + place.name, {
        "location": "eastus", "sku": {"name": "Standard_LRS"}, "kind": "StorageV2", "properties": {"isHnsEnabled": True}}).result()
    place.grant(BLOB_DATA_CONTRIBUTOR, account.id, place.identity)
    key = client.storage_accounts.list_keys(place.name, account.name)["keys"][0]["value"]
    DataLakeServiceClient(f"https://{account.name}.dfs.core.windows.net", credential=key).create_file_system("raw")
    return f"abfss://raw@{account.name}.dfs.core.windows.net"


def object_id(credential):
    claims = credential.get_token("https://management.azure.com/.default").token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["oid"]


def result_of(activity):
    return activity.output["status"]["Output"]["result"]


@pytest.mark.witness("synapse.GetNotebookSnapshot")
def test_a_notebook_gets_parameters_and_exits_with_a_value(place, stranger):
    place.deploy("sum", code("a = 1", "b = 1", parameters=True), code("print('adding', a, b)", "total = a + b"),
                 code("mssparkutils.notebook.exit(total)"), code("raise SystemError('never')"))
    activity = place.run("sum", {"b": {"value": "@add(40, 1)", "type": "int"}})
    assert activity.status == "Succeeded", activity.error
    result = result_of(activity)
    assert result["exitValue"] == result["exitCode"] == "42"
    assert result["runStatus"] == "Succeed" and result["sparkpool"] == POOL
    record = place.snapshot(result).json()
    assert record["cells"][1]["outputs"] == [{"output_type": "stream", "name": "stdout", "text": "adding 1 41\n"}]
    assert len(record["cells"]) == 3
    assert place.snapshot(result, stranger).status_code == 403


def test_what_a_notebook_raises_fails_the_activity(place):
    place.deploy("raises", code("rows = []"), code("raise ValueError('no rows for 2013')"))
    activity = place.run("raises")
    assert activity.status == "Failed"
    assert activity.error["errorCode"] == "ValueError"
    assert activity.error["message"] == "ValueError: no rows for 2013"
    assert result_of(activity)["errors"] == {"ename": "ValueError", "evalue": "no rows for 2013"}


def test_a_factory_without_the_synapse_role_is_refused(place):
    place.deploy("private", code("mssparkutils.notebook.exit('seen')"))
    other = place.name + "x"
    identity = place.add_factory(other)
    refused = place.wait(place.start("private", factory=other), other)
    assert refused.status == "Failed" and "private" in refused.error["message"] and "403" in refused.error["message"]
    # Whoever may read artifacts may not use pools yet.
    place.access.role_assignments.create_role_assignment(str(uuid.uuid4()), ARTIFACT_USER, identity, f"workspaces/{place.name}")
    refused = place.wait(place.start("private", factory=other), other)
    assert refused.status == "Failed" and "useCompute" in refused.error["message"]


def test_a_missing_notebook(place):
    activity = place.run("missing")
    assert activity.status == "Failed" and "'missing'" in activity.error["message"]


def test_a_notebook_that_outlives_its_time(place):
    place.deploy("slow", code("import time", "time.sleep(600)"))
    began = time.monotonic()
    activity = place.wait(place.start("slow", timeout="0.00:00:05"))
    assert activity.status == "Failed" and activity.error["errorCode"] == "ActivityTimedOut"
    assert time.monotonic() - began < 60


def test_a_cancelled_notebook(place):
    place.deploy("endless", code("while True: pass"))
    run = place.start("endless")
    time.sleep(1)
    place.factories.pipeline_runs.cancel(place.name, place.name, run)
    assert place.wait(run).status == "Cancelled"


def test_files_of_the_lake(place, lake):
    place.deploy("files", code(f"root = '{lake}'"), code(
        "fs = mssparkutils.fs",
        "fs.mkdirs(root + '/in/deep')",
        "fs.put(root + '/in/a.txt', 'one', True)",
        "fs.append(root + '/in/a.txt', ' two')",
        "assert fs.head(root + '/in/a.txt') == 'one two'",
        "try: fs.put(root + '/in/a.txt', 'x')",
        "except FileExistsError: pass",
        "else: raise AssertionError('overwritten')",
        "fs.cp(root + '/in/a.txt', root + '/in/deep/b.txt')",
        "fs.cp(root + '/in', root + '/copy', True)",
        "fs.mv(root + '/copy/deep/b.txt', root + '/moved/b.txt', True)",
        "listed = sorted((f.name, f.size, f.isDir) for f in fs.ls(root + '/in'))",
        "assert listed == [('a.txt', 7, False), ('deep', 0, True)], listed",
        "assert fs.exists(root + '/moved/b.txt') and not fs.exists(root + '/copy/deep/b.txt')",
        "fs.rm(root + '/in', True)",
        "assert not fs.exists(root + '/in')",
        "mssparkutils.notebook.exit(fs.head(root + '/moved/b.txt'))"))
    activity = place.run("files")
    assert activity.status == "Succeeded", activity.error
    assert result_of(activity)["exitValue"] == "one two"
    place.deploy("trespass", code("mssparkutils.fs.ls('abfss://raw@stranger.dfs.core.windows.net/')"))
    assert place.run("trespass").status == "Failed"


def test_azure_identity_inside_a_notebook(place):
    place.deploy("identity", code(
        "import json, base64",
        "from azure.identity import DefaultAzureCredential",
        "token = DefaultAzureCredential().get_token('https://management.azure.com/.default').token",
        "body = token.split('.')[1]",
        "oid = json.loads(base64.urlsafe_b64decode(body + '=' * (-len(body) % 4)))['oid']",
        "import os",
        "assert not any('SECRET' in name for name in os.environ)",
        "assert oid == mssparkutils.env.getUserId()",
        "assert mssparkutils.credentials.isValidToken(mssparkutils.credentials.getToken('Storage'))",
        "mssparkutils.notebook.exit(oid)"))
    activity = place.run("identity")
    assert activity.status == "Succeeded", activity.error
    assert result_of(activity)["exitValue"] == place.identity


def test_secrets_by_vault_and_by_linked_service(place, tenant_id):
    vault = KeyVaultManagementClient(place.owner, place.subscription).vaults.begin_create_or_update(place.name, place.name, {
        "location": "eastus", "properties": {"tenantId": tenant_id, "sku": {"family": "A", "name": "standard"}, "enableRbacAuthorization": True}}).result()
    place.grant(SECRETS_OFFICER, vault.id, object_id(place.owner))
    SecretClient(f"https://{place.name}.vault.azure.net", place.owner).set_secret("password", "hush-hush")
    vault_service = AzureKeyVaultLinkedService(base_url=f"https://{place.name}.vault.azure.net/")
    place.artifacts.linked_service.begin_create_or_update_linked_service("Vault", vault_service).result()
    place.deploy("secrets", code(
        f"direct = mssparkutils.credentials.getSecret('{place.name}', 'password')",
        "mssparkutils.notebook.exit(direct == mssparkutils.credentials.getSecretWithLS('Vault', 'password') == 'hush-hush')"))
    refused = place.run("secrets")
    assert refused.status == "Failed" and refused.error["errorCode"] == "ServiceError" and "403" in refused.error["message"]
    place.grant(SECRETS_USER, vault.id, place.identity)
    activity = place.run("secrets")
    assert activity.status == "Succeeded", activity.error
    assert result_of(activity)["exitValue"] == "True"


def test_a_notebook_runs_another(place):
    place.deploy("inner", code("n = 1", parameters=True), code("m = n * 2"), code("mssparkutils.notebook.exit(m)"), code("raise SystemError('never')"))
    place.deploy("outer", code("m = 'mine'"), code("answer = mssparkutils.notebook.run('folder/inner', 90, {'n': 21})", "assert m == 'mine'"),
                 code("mssparkutils.notebook.exit(answer)"))
    activity = place.run("outer")
    assert activity.status == "Succeeded", activity.error
    assert result_of(activity)["exitValue"] == "42"
    context = "c = mssparkutils.runtime.context"
    place.deploy("context", code(context, "mssparkutils.notebook.exit(c['currentNotebookName'] + ' ' + c['pipelinejobid'])"))
    run = place.start("context")
    assert result_of(place.wait(run))["exitValue"] == f"context {run}"


FLIGHTS = "year,month,day,dep_delay,carrier,flight\n2013,1,1,2,UA,1545\n2013,1,1,NA,UA,1714\n2013,1,2,-5,B6,725\n2013,2,1,30,B6,461\n2013,2,2,10,ZZ,1\n"
AIRLINES = "carrier,name\nUA,United Air Lines\nB6,JetBlue Airways\n"


def test_a_pyspark_notebook(place, lake):
    """A join, a window and an aggregation over CSV files; the result as Delta and as Parquet, by the factory's identity."""
    client = StorageManagementClient(place.owner, place.subscription)
    account = lake.split("@")[1].split(".")[0]
    key = client.storage_accounts.list_keys(place.name, account)["keys"][0]["value"]
    files = DataLakeServiceClient(f"https://{account}.dfs.core.windows.net", credential=key).get_file_system_client("raw")
    files.get_file_client("flights.csv").upload_data(FLIGHTS, overwrite=True)
    files.get_file_client("airlines.csv").upload_data(AIRLINES, overwrite=True)
    place.deploy("delays", code(f"root = '{lake}'", "year = 2013", parameters=True), code(
        "from pyspark.sql import Window, functions as F",
        "schema = 'year INT, month INT, day INT, dep_delay DOUBLE, carrier STRING, flight INT'",
        "flights = spark.read.csv(f'{root}/flights.csv', header=True, schema=schema, nullValue='NA').where(F.col('year') == year)",
        "airlines = spark.read.option('header', True).csv(f'{root}/airlines.csv')",
        "flights.createOrReplaceTempView('flights')"),
        code("delays = (flights.join(airlines, 'carrier', 'left').groupBy('carrier', 'name', 'month')",
             "  .agg(F.count('*').alias('flights'), F.avg('dep_delay').alias('mean_delay'))",
             "  .withColumn('place', F.rank().over(Window.partitionBy('month').orderBy(F.desc_nulls_last('mean_delay')))))",
             "delays.write.format('delta').mode('overwrite').save(f'{root}/gold/delays')",
             "delays.coalesce(1).write.mode('overwrite').parquet(f'{root}/export/delays')"),
        code("%%sql", "SELECT count(*) AS n, count(dep_delay) AS known FROM flights"),
        code("display(delays)"),
        code("mssparkutils.notebook.exit(str(spark.read.format('delta').load(f'{root}/gold/delays').agg(F.sum('flights')).first()[0]))"))
    activity = place.run("delays", {"root": {"value": lake, "type": "string"}})
    assert activity.status == "Succeeded", activity.error
    assert result_of(activity)["exitValue"] == "5"
    cells = place.snapshot(result_of(activity)).json()["cells"]
    assert "known" in json.dumps(cells[3]["outputs"]), cells[3]
    from deltalake import DeltaTable

    options = {"account_name": account, "account_key": key}
    rows = DeltaTable(f"abfss://raw@{account}.dfs.core.windows.net/gold/delays", storage_options=options).to_pandas().sort_values(["month", "place"])
    found = [(r.carrier, r.name, r.month, r.flights, r.mean_delay, r.place) for r in rows.itertuples(index=False)]
    assert found == [("UA", "United Air Lines", 1, 2, 2.0, 1), ("B6", "JetBlue Airways", 1, 1, -5.0, 2), ("B6", "JetBlue Airways", 2, 1, 30.0, 1), ("ZZ", None, 2, 1, 10.0, 2)]
    exported = [p.name for p in files.get_paths("export/delays") if p.name.endswith(".parquet")]
    assert len(exported) == 1
