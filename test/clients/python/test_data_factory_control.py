"""Factories and their definitions through azure-mgmt-datafactory, unmodified."""
import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.datafactory import models
from azure.mgmt.resource.resources import ResourceManagementClient


@pytest.fixture
def client(owner, subscription_id):
    return DataFactoryManagementClient(owner, subscription_id, retry_total=0)


@pytest.fixture
def factory(client, owner, subscription_id, unique):
    groups = ResourceManagementClient(owner, subscription_id, retry_total=0).resource_groups
    groups.create_or_update(unique, {"location": "eastus"})
    client.factories.create_or_update(
        unique, unique, models.Factory(location="eastus", identity=models.FactoryIdentity(type="SystemAssigned"))
    )
    yield unique
    groups.begin_delete(unique).result()


# Definitions are given as JSON: the typed models of 10.0.0 leave out "type", which the service needs.
def lake(key="hush"):
    return {"properties": {"type": "AzureBlobFS", "typeProperties": {"url": "https://lake.dfs.core.windows.net", "accountKey": key}}}


def csv(linked_service="lake"):
    reference = {"type": "LinkedServiceReference", "referenceName": linked_service}
    return {"properties": {"type": "DelimitedText", "linkedServiceName": reference, "typeProperties": {}}}


WAIT = {"properties": {"activities": [{"name": "wait", "type": "Wait", "typeProperties": {"waitTimeInSeconds": 1}}], "parameters": {"p": {"type": "String"}}}}


@pytest.mark.witness(
    "data_factory.PutFactory",
    "data_factory.GetFactory",
    "data_factory.UpdateFactory",
    "data_factory.ListFactories",
    "data_factory.ListFactoriesOfGroup",
    "data_factory.DeleteFactory",
)
def test_a_factory_and_its_identity(client, factory):
    made = client.factories.get(factory, factory)
    assert made.identity.principal_id and made.properties.provisioning_state == "Succeeded"
    assert client.factories.update(factory, factory, models.FactoryUpdateParameters(tags={"a": "1"})).tags == {"a": "1"}
    assert client.factories.get(factory, factory).identity.principal_id == made.identity.principal_id
    assert factory in [f.name for f in client.factories.list()]
    assert [f.name for f in client.factories.list_by_resource_group(factory)] == [factory]
    client.factories.delete(factory, factory)
    with pytest.raises(ResourceNotFoundError):
        client.factories.get(factory, factory)


@pytest.mark.witness(
    "data_factory.PutLinkedService",
    "data_factory.GetLinkedService",
    "data_factory.ListLinkedServices",
    "data_factory.DeleteLinkedService",
    "data_factory.PutDataset",
    "data_factory.GetDataset",
    "data_factory.ListDatasets",
    "data_factory.DeleteDataset",
)
def test_linked_services_and_datasets(client, factory):
    made = client.linked_services.create_or_update(factory, factory, "lake", lake())
    assert made.properties.type == "AzureBlobFS" and made.etag
    with pytest.raises(HttpResponseError, match="invalid reference 'no'"):
        client.datasets.create_or_update(factory, factory, "csv", csv("no"))
    client.datasets.create_or_update(factory, factory, "csv", csv())
    assert client.datasets.get(factory, factory, "csv").properties.linked_service_name.reference_name == "lake"
    assert [d.name for d in client.datasets.list_by_factory(factory, factory)] == ["csv"]
    assert [s.name for s in client.linked_services.list_by_factory(factory, factory)] == ["lake"]
    with pytest.raises(HttpResponseError, match="referenced by csv"):
        client.linked_services.delete(factory, factory, "lake")
    client.datasets.delete(factory, factory, "csv")
    client.linked_services.delete(factory, factory, "lake")
    with pytest.raises(ResourceNotFoundError):
        client.linked_services.get(factory, factory, "lake")


def test_secrets_are_never_answered(client, factory):
    secrets = {
        "connectionString": "Server=x;User ID=u;Password=hush-text",
        "servicePrincipalKey": {"type": "SecureString", "value": "hush-password"},
    }
    service = {"properties": {"type": "AzureSqlDW", "typeProperties": secrets}}
    client.linked_services.create_or_update(factory, factory, "sql", service)
    answered = client.linked_services.get(factory, factory, "sql")
    assert "hush" not in str(answered.as_dict())
    # What was read may be written back; the secret stays.
    client.linked_services.create_or_update(factory, factory, "sql", answered)


@pytest.mark.witness("data_factory.PutPipeline", "data_factory.GetPipeline", "data_factory.ListPipelines", "data_factory.DeletePipeline")
def test_pipelines_have_etags(client, factory):
    made = client.pipelines.create_or_update(factory, factory, "copy data", WAIT)
    assert made.activities[0]["typeProperties"] == {"waitTimeInSeconds": 1}
    assert client.pipelines.get(factory, factory, "copy data", etag=made.etag, match_condition=MatchConditions.IfModified) is None
    changed = client.pipelines.create_or_update(factory, factory, "copy data", WAIT, etag=made.etag, match_condition=MatchConditions.IfNotModified)
    assert changed.etag != made.etag
    with pytest.raises(HttpResponseError) as refused:
        client.pipelines.create_or_update(factory, factory, "copy data", WAIT, etag=made.etag, match_condition=MatchConditions.IfNotModified)
    assert refused.value.status_code == 412
    client.pipelines.delete(factory, factory, "copy data")
    assert list(client.pipelines.list_by_factory(factory, factory)) == []


@pytest.mark.parametrize("name", ["a.b", "a*b", "x" * 141])
def test_a_bad_name_is_refused(client, factory, name):
    with pytest.raises(HttpResponseError) as refused:
        client.pipelines.create_or_update(factory, factory, name, {"properties": {"activities": []}})
    assert refused.value.status_code == 400


@pytest.mark.witness("data_factory.PutTrigger", "data_factory.GetTrigger", "data_factory.ListTriggers", "data_factory.DeleteTrigger")
def test_a_trigger_is_made_stopped(client, factory):
    trigger = {"properties": {"type": "ScheduleTrigger", "typeProperties": {"recurrence": {"frequency": "Day", "interval": 1}}}}
    client.triggers.create_or_update(factory, factory, "daily", trigger)
    assert client.triggers.get(factory, factory, "daily").properties.runtime_state == "Stopped"
    assert [t.name for t in client.triggers.list_by_factory(factory, factory)] == ["daily"]
    client.triggers.delete(factory, factory, "daily")


@pytest.mark.witness(
    "data_factory.GetIntegrationRuntime",
    "data_factory.GetIntegrationRuntimeStatus",
    "data_factory.PutIntegrationRuntime",
    "data_factory.ListIntegrationRuntimes",
    "data_factory.DeleteIntegrationRuntime",
)
def test_integration_runtimes(client, factory):
    runtimes = client.integration_runtimes
    assert runtimes.get(factory, factory, "AutoResolveIntegrationRuntime").properties.type == "Managed"
    assert runtimes.get_status(factory, factory, "AutoResolveIntegrationRuntime").properties.state == "Online"
    runtimes.create_or_update(factory, factory, "own", {"properties": {"type": "SelfHosted"}})
    assert runtimes.get_status(factory, factory, "own").properties.state == "NeedRegistration"
    assert [r.name for r in runtimes.list_by_factory(factory, factory)] == ["own"]
    runtimes.delete(factory, factory, "own")
    with pytest.raises(ResourceNotFoundError):
        runtimes.get(factory, factory, "own")


@pytest.mark.witness(
    "data_factory.PutGlobalParameters",
    "data_factory.GetGlobalParameters",
    "data_factory.PutCredential",
    "data_factory.ListCredentials",
)
def test_global_parameters_and_credentials(client, factory):
    parameters = {"year": models.GlobalParameterSpecification(type="Int", value=2013)}
    client.global_parameters.create_or_update(factory, factory, "default", models.GlobalParameterResource(properties=parameters))
    assert client.global_parameters.get(factory, factory, "default").properties["year"].value == 2013
    client.credential_operations.create_or_update(factory, factory, "own", {"properties": {"type": "ManagedIdentity"}})
    assert [c.name for c in client.credential_operations.list_by_factory(factory, factory)] == ["own"]


def test_without_a_right_nothing(stranger, subscription_id, factory):
    client = DataFactoryManagementClient(stranger, subscription_id, retry_total=0)
    for refused_call in (
        lambda: client.factories.get(factory, factory),
        lambda: client.linked_services.create_or_update(factory, factory, "lake", lake()),
        lambda: list(client.pipelines.list_by_factory(factory, factory)),
    ):
        with pytest.raises(HttpResponseError) as refused:
            refused_call()
        assert refused.value.status_code == 403


def test_a_missing_group_or_factory_is_named(client, factory):
    with pytest.raises(ResourceNotFoundError) as refused:
        client.factories.create_or_update("no-such-group", "any-factory", models.Factory(location="eastus"))
    assert refused.value.error.code == "ResourceGroupNotFound"
    with pytest.raises(ResourceNotFoundError):
        client.pipelines.create_or_update(factory, "no-such-factory", "p", {"properties": {"activities": []}})
