"""Runs of Data Factory pipelines with azure-mgmt-datafactory: what happened, in the service's own words."""
import datetime
import time
import uuid

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory.models import RunFilterParameters
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from azure.storage.filedatalake import DataLakeServiceClient

CONTRIBUTOR = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"


class Factory:
    """A factory of its own with a lake that its identity may use."""

    def __init__(self, credential, subscription, name):
        self.group, self.name, self.account = name, name + "-adf", name + "lake"
        self.client = DataFactoryManagementClient(credential, subscription)
        ResourceManagementClient(credential, subscription).resource_groups.create_or_update(self.group, {"location": "westeurope"})
        account = StorageManagementClient(credential, subscription).storage_accounts.begin_create(
            self.group, self.account, {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}, "properties": {"isHnsEnabled": True}}
        ).result()
        keys = StorageManagementClient(credential, subscription).storage_accounts.list_keys(self.group, self.account).keys_property
        self.lake = DataLakeServiceClient(f"https://{self.account}.dfs.core.windows.net", keys[0].value)
        self.files = self.lake.create_file_system("data")
        self.principal = self.client.factories.create_or_update(
            self.group, self.name, {"location": "westeurope", "identity": {"type": "SystemAssigned"}}
        ).identity.principal_id
        self.roles, self.scope = AuthorizationManagementClient(credential, subscription), account.id
        self.role = f"/subscriptions/{subscription}/providers/Microsoft.Authorization/roleDefinitions/{CONTRIBUTOR}"
        self.put("linked_services", "Lake", {"type": "AzureBlobFS", "typeProperties": {"url": f"https://{self.account}.dfs.core.windows.net/"}})

    def grant(self):
        properties = {"roleDefinitionId": self.role, "principalId": self.principal, "principalType": "ServicePrincipal"}
        return self.roles.role_assignments.create(self.scope, str(uuid.uuid4()), {"properties": properties})

    def put(self, kind, name, properties):
        getattr(self.client, kind).create_or_update(self.group, self.name, name, {"properties": properties})

    def pipeline(self, name, activities, **more):
        self.put("pipelines", name, {"activities": activities, **more})

    def run(self, name, parameters=None, wait=True):
        run_id = self.client.pipelines.create_run(self.group, self.name, name, parameters=parameters).run_id
        while wait:
            state = self.client.pipeline_runs.get(self.group, self.name, run_id)
            if state.status not in ("Queued", "InProgress"):
                return state
            time.sleep(0.05)
        return run_id

    def activities(self, run_id):
        now = datetime.datetime.now(datetime.timezone.utc)
        window = RunFilterParameters(last_updated_after=now - datetime.timedelta(hours=1), last_updated_before=now + datetime.timedelta(hours=1))
        return {run.activity_name: run for run in self.client.activity_runs.query_by_pipeline_run(self.group, self.name, run_id, window).value}


@pytest.fixture(scope="module")
def factory(owner, subscription_id):
    made = Factory(owner, subscription_id, "t" + uuid.uuid4().hex[:10])
    made.grant()
    return made


def dataset(kind, path, **more):
    folder, _, file = path.rpartition("/")
    location = {"type": "AzureBlobFSLocation", "fileSystem": "data", "fileName": file}
    if folder:
        location["folderPath"] = folder
    return {"type": kind, "linkedServiceName": {"referenceName": "Lake", "type": "LinkedServiceReference"}, "typeProperties": {"location": location, **more}}


def expression(text):
    return {"value": text, "type": "Expression"}


def after(name, *conditions):
    return [{"activity": name, "dependencyConditions": list(conditions) or ["Succeeded"]}]


def set_variable(name, value, depends=()):
    return {"name": name, "type": "SetVariable", "dependsOn": list(depends), "typeProperties": {"variableName": "out", "value": value}}


def fail(name, message="no", depends=()):
    return {"name": name, "type": "Fail", "dependsOn": list(depends), "typeProperties": {"message": message, "errorCode": "Planned"}}


OUT = {"variables": {"out": {"type": "String"}}}


@pytest.mark.witness("data_factory.CreateRun", "data_factory.GetPipelineRun", "data_factory.QueryActivityRuns")
def test_expressions_and_branches(factory):
    factory.pipeline(
        "branches",
        [
            set_variable("First", expression("@concat('n', string(add(pipeline().parameters.n, 1)))")),
            {
                "name": "Check",
                "type": "IfCondition",
                "dependsOn": after("First"),
                "typeProperties": {
                    "expression": expression("@equals(variables('out'), 'n42')"),
                    "ifTrueActivities": [set_variable("Yes", "yes")],
                    "ifFalseActivities": [fail("No")],
                },
            },
        ],
        parameters={"n": {"type": "int", "defaultValue": 1}},
        **OUT,
    )
    run = factory.run("branches", {"n": 41})
    assert run.status == "Succeeded"
    assert set(factory.activities(run.run_id)) == {"First", "Check", "Yes"}
    run = factory.run("branches")
    assert run.status == "Failed"
    failed = factory.activities(run.run_id)["No"]
    assert (failed.error["errorCode"], failed.error["message"]) == ("Planned", "no")


@pytest.mark.parametrize(
    "edges, status",
    [
        ([fail("A"), set_variable("B", "x", after("A", "Failed"))], "Succeeded"),
        ([fail("A"), set_variable("B", "x", after("A", "Succeeded"))], "Failed"),
        ([fail("A"), set_variable("B", "x", after("A", "Failed")), set_variable("C", "y", after("A", "Succeeded"))], "Failed"),
        ([fail("A"), set_variable("B", "x", after("A", "Completed"))], "Succeeded"),
        ([fail("A"), set_variable("B", "x", after("A", "Failed", "Succeeded"))], "Succeeded"),
    ],
    ids=["catch", "success edge", "both edges", "completion", "or within one entry"],
)
def test_a_run_is_judged_by_its_leaves(factory, edges, status):
    factory.pipeline("leaves", edges, **OUT)
    assert factory.run("leaves").status == status


def test_copy_converts_and_refuses(factory):
    factory.files.get_file_client("in/people.csv").upload_data(b"id,name,born\n1,Ada,1815-12-10\n2,NA,NA\n", overwrite=True)
    factory.put("datasets", "People", dataset("DelimitedText", "in/people.csv", columnDelimiter=",", firstRowAsHeader=True, nullValue="NA"))
    factory.put("datasets", "Parquet", dataset("Parquet", "out/people.parquet"))

    def copy(kind):
        mappings = [{"source": {"name": n}, "sink": {"name": n, "type": t}} for n, t in (("id", "Int32"), ("name", kind), ("born", "DateTime"))]
        return {
            "name": "Copy",
            "type": "Copy",
            "inputs": [{"referenceName": "People", "type": "DatasetReference"}],
            "outputs": [{"referenceName": "Parquet", "type": "DatasetReference"}],
            "typeProperties": {
                "source": {"type": "DelimitedTextSource"},
                "sink": {"type": "ParquetSink"},
                "translator": {"type": "TabularTranslator", "mappings": mappings},
            },
        }

    factory.pipeline("copy", [copy("String")])
    run = factory.run("copy")
    output = factory.activities(run.run_id)["Copy"].output
    assert (run.status, output["rowsRead"], output["rowsCopied"], output["filesWritten"]) == ("Succeeded", 2, 2, 1)
    written = factory.files.get_file_client("out/people.parquet").download_file().readall()
    import io

    import pyarrow.parquet

    rows = pyarrow.parquet.read_table(io.BytesIO(written)).to_pylist()
    assert [(row["id"], row["name"], row["born"] and row["born"].year) for row in rows] == [(1, "Ada", 1815), (2, None, None)]

    factory.pipeline("copy", [copy("Int32")])
    run = factory.run("copy")
    assert run.status == "Failed"
    assert "name" in factory.activities(run.run_id)["Copy"].error["message"]
    assert factory.files.get_file_client("out/people.parquet").download_file().readall() == written


def test_a_missing_file_is_named(factory):
    factory.put("datasets", "Missing", dataset("DelimitedText", "in/nobody.csv", columnDelimiter=",", firstRowAsHeader=True))
    factory.pipeline("missing", [{"name": "Look", "type": "Lookup", "typeProperties": {"source": {"type": "DelimitedTextSource"}, "dataset": {"referenceName": "Missing", "type": "DatasetReference"}}}])
    run = factory.run("missing")
    assert run.status == "Failed"
    assert "nobody.csv" in factory.activities(run.run_id)["Look"].error["message"]


def test_without_the_role_the_lake_refuses(owner, subscription_id):
    stranger = Factory(owner, subscription_id, "t" + uuid.uuid4().hex[:10])
    stranger.files.get_file_client("x.csv").upload_data(b"a\n1\n", overwrite=True)
    stranger.put("datasets", "X", dataset("DelimitedText", "x.csv", columnDelimiter=",", firstRowAsHeader=True))
    look = {"name": "Look", "type": "Lookup", "typeProperties": {"source": {"type": "DelimitedTextSource"}, "dataset": {"referenceName": "X", "type": "DatasetReference"}}}
    stranger.pipeline("look", [look])
    assert stranger.run("look").status == "Failed"
    stranger.grant()
    run = stranger.run("look")
    assert run.status == "Succeeded"
    assert stranger.activities(run.run_id)["Look"].output["firstRow"] == {"a": "1"}


@pytest.mark.witness("data_factory.CancelPipelineRun")
def test_cancel_ends_a_wait(factory):
    factory.pipeline("wait", [{"name": "Wait", "type": "Wait", "typeProperties": {"waitTimeInSeconds": 600}}])
    run_id = factory.run("wait", wait=False)
    factory.client.pipeline_runs.cancel(factory.group, factory.name, run_id)
    for _ in range(100):
        state = factory.client.pipeline_runs.get(factory.group, factory.name, run_id)
        if state.status == "Cancelled":
            return
        time.sleep(0.05)
    pytest.fail(f"still {state.status}")


def test_broken_expressions_and_missing_pipelines(factory):
    factory.pipeline("broken", [set_variable("V", expression("@concat('a', nosuch())"))], **OUT)
    run = factory.run("broken")
    assert run.status == "Failed"
    with pytest.raises(ResourceNotFoundError):
        factory.run("no-such-pipeline")
    with pytest.raises(HttpResponseError):
        factory.client.pipeline_runs.get(factory.group, factory.name, str(uuid.uuid4()))


@pytest.mark.witness("data_factory.QueryPipelineRuns")
def test_runs_can_be_queried(factory):
    factory.pipeline("listed", [set_variable("V", "x")], **OUT)
    run = factory.run("listed")
    now = datetime.datetime.now(datetime.timezone.utc)
    window = {
        "lastUpdatedAfter": (now - datetime.timedelta(hours=1)).isoformat(),
        "lastUpdatedBefore": (now + datetime.timedelta(hours=1)).isoformat(),
        "filters": [{"operand": "PipelineName", "operator": "Equals", "values": ["listed"]}],
    }
    found = factory.client.pipeline_runs.query_by_factory(factory.group, factory.name, window).value
    assert [one.run_id for one in found] == [run.run_id]
