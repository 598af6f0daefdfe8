"""MLflow's own client and azureml-mlflow: tracking, search, artifacts through the lake, the registry; and workspaces."""
import os
import uuid

import mlflow
import pytest
import requests
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
from azure.mgmt.machinelearningservices.models import Identity, Workspace
from azure.mgmt.resource.resources import ResourceManagementClient
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException, RestException

URL = os.environ["AXONITE_URL"]
AUDIENCE = "https://ml.azure.com/.default"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@pytest.fixture(scope="module")
def client(owner):
    os.environ["MLFLOW_TRACKING_TOKEN"] = owner.get_token(AUDIENCE).token
    os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"
    mlflow.set_tracking_uri(URL)
    return MlflowClient(URL, URL)


@pytest.fixture(scope="module")
def workspaces(owner, subscription_id):
    return MachineLearningServicesMgmtClient(owner, subscription_id)


@pytest.fixture(scope="module")
def workspace(owner, subscription_id, workspaces):
    name = "t" + uuid.uuid4().hex[:10]
    ResourceManagementClient(owner, subscription_id).resource_groups.create_or_update(name, {"location": "westeurope"})
    return workspaces.workspaces.begin_create_or_update(name, name, Workspace(location="westeurope", identity=Identity(type="SystemAssigned"))).result()


def base_of(workspace):
    return f"{URL}/mlflow/v2.0{workspace.id}"


@pytest.mark.witness("machine_learning.PutWorkspace", "machine_learning.GetWorkspace", "machine_learning.ListWorkspacesOfGroup", "machine_learning.ListKeys", "machine_learning.Discover")
def test_a_workspace_brings_its_storage_and_says_where_its_services_are(workspaces, workspace):
    found = workspaces.workspaces.get(workspace.name, workspace.name)
    assert found.provisioning_state == "Succeeded" and found.identity.principal_id
    assert [one.name for one in workspaces.workspaces.list_by_resource_group(workspace.name)] == [workspace.name]
    keys = workspaces.workspaces.list_keys(workspace.name, workspace.name)
    assert keys.user_storage_key and keys.user_storage_resource_id == found.storage_account
    assert requests.get(found.discovery_url, timeout=30).json()["api"] == "https://westeurope.api.azureml.ms"


@pytest.mark.witness("machine_learning.DeleteWorkspace")
def test_a_workspace_ends_and_bad_ones_are_refused(workspaces, workspace):
    group = workspace.name
    workspaces.workspaces.begin_create_or_update(group, "second", Workspace(location="westeurope")).result()
    workspaces.workspaces.begin_delete(group, "second").result()
    with pytest.raises(ResourceNotFoundError):
        workspaces.workspaces.get(group, "second")
    with pytest.raises(HttpResponseError, match="storage account"):
        missing = workspace.storage_account + "x"
        workspaces.workspaces.begin_create_or_update(group, "third", Workspace(location="westeurope", storage_account=missing)).result()


@pytest.mark.witness("mlflow.CreateExperiment", "mlflow.GetExperimentByName", "mlflow.CreateRun", "mlflow.LogBatch", "mlflow.GetRun", "mlflow.UpdateRun", "mlflow.GetMetricHistory")
def test_a_run_keeps_what_is_logged(client, unique):
    mlflow.set_experiment(unique)
    with mlflow.start_run(run_name="first") as active:
        mlflow.log_params({"depth": 3, "note": 'a "quoted"\nline'})
        for step in range(3):
            mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
        mlflow.log_metric("odd", float("nan"))
    run = client.get_run(active.info.run_id)
    assert run.info.status == "FINISHED" and run.info.run_name == "first"
    assert run.data.params == {"depth": "3", "note": 'a "quoted"\nline'}
    assert run.data.metrics["loss"] == pytest.approx(1 / 3) and run.data.metrics["odd"] != run.data.metrics["odd"]
    assert [one.value for one in client.get_metric_history(run.info.run_id, "loss")] == [1.0, 0.5, 1.0 / 3]
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(run.info.run_id, "depth", 4)
    # The client splits what is too much; another one may not.
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
    body = {"run_id": run.info.run_id, "params": [{"key": str(i), "value": "x"} for i in range(101)]}
    refused = requests.post(f"{URL}/api/2.0/mlflow/runs/log-batch", json=body, headers=headers, timeout=30)
    assert refused.status_code == 400 and "at most 100 params" in refused.json()["message"]
    with pytest.raises(RestException, match="already exists"):
        client.create_experiment(unique)


@pytest.mark.witness("mlflow.SearchRuns", "mlflow.SearchExperiments", "mlflow.SetTag", "mlflow.DeleteTag", "mlflow.DeleteRun", "mlflow.RestoreRun")
def test_runs_are_found_by_filter_and_order(client, unique):
    experiment = client.create_experiment(unique)
    ids = []
    for i in range(12):
        run = client.create_run(experiment, tags={"kind": "even" if i % 2 == 0 else "odd"}).info.run_id
        client.log_batch(run, metrics=[Metric("score", i / 10, 1, 0)], params=[Param("name", f"model-{i}")], tags=[RunTag("n", str(i))])
        ids.append(run)

    def numbers(filter_string="", **more):
        return [int(one.data.tags["n"]) for one in client.search_runs([experiment], filter_string, **more)]

    assert numbers("metrics.score > 0.75 and tags.kind = 'even'", order_by=["metrics.score ASC"]) == [8, 10]
    assert numbers("params.name LIKE 'model-1%'", order_by=["metrics.score DESC"]) == [11, 10, 1]
    assert numbers(f"attributes.run_id IN ('{ids[3]}', '{ids[5]}')", order_by=["metrics.score ASC"]) == [3, 5]
    page = client.search_runs([experiment], max_results=5, order_by=["metrics.score ASC"])
    rest = client.search_runs([experiment], max_results=20, order_by=["metrics.score ASC"], page_token=page.token)
    assert [one.data.tags["n"] for one in [*page, *rest]] == [str(i) for i in range(12)] and not rest.token
    client.delete_run(ids[0])
    assert 0 not in numbers()
    client.restore_run(ids[0])
    assert 0 in numbers()
    assert [one.experiment_id for one in client.search_experiments(filter_string=f"name = '{unique}'")] == [experiment]
    for broken in ("metrics.score >", "metrics.score = 'x'", "nothing.x = 'y'", "metrics.score > 1 or metrics.score < 2"):
        with pytest.raises(MlflowException, match="INVALID_PARAMETER_VALUE"):
            numbers(broken)


@pytest.mark.witness("mlflow.PutArtifact", "mlflow.GetArtifact", "mlflow.ListProxiedArtifacts")
def test_artifacts_go_through_the_lake(client, unique, tmp_path):
    run = client.create_run("0").info.run_id
    client.log_text(run, "hello " + unique, "notes/a.txt")
    client.log_dict(run, {"x": 1}, "b.json")
    assert [(one.path, one.is_dir) for one in client.list_artifacts(run)] == [("b.json", False), ("notes", True)]
    assert open(client.download_artifacts(run, "notes/a.txt", str(tmp_path))).read() == "hello " + unique
    headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
    missing = requests.get(f"{URL}/api/2.0/mlflow-artifacts/artifacts/ExperimentRun/dcid.{run}/none", headers=headers, timeout=30)
    outside = requests.put(f"{URL}/api/2.0/mlflow-artifacts/artifacts/a/%2e%2e/b", data=b"x", headers=headers, timeout=30)
    assert (missing.status_code, outside.status_code) == (404, 400)


@pytest.mark.witness("mlflow.CreateRegisteredModel", "mlflow.CreateModelVersion", "mlflow.SetRegisteredModelAlias", "mlflow.GetModelVersionByAlias", "mlflow.TransitionModelVersionStage",
                     "mlflow.SearchModelVersions", "mlflow.GetModelVersionDownloadUri", "mlflow.DeleteRegisteredModel")
def test_models_have_versions_aliases_and_stages(client, unique):
    run = client.create_run("0").info.run_id
    client.log_text(run, "weights", "model/data.txt")
    client.create_registered_model(unique, tags={"team": "x"})
    for number in ("1", "2"):
        assert client.create_model_version(unique, f"runs:/{run}/model", run_id=run).version == number
    client.set_registered_model_alias(unique, "champion", "1")
    assert client.get_model_version_by_alias(unique, "champion").version == "1"
    assert client.transition_model_version_stage(unique, "2", "Production").current_stage == "Production"
    assert [one.version for one in client.search_model_versions(f"name = '{unique}'", order_by=["version_number DESC"])] == ["2", "1"]
    assert client.get_model_version_download_uri(unique, "2") == f"mlflow-artifacts:/ExperimentRun/dcid.{run}/model"
    with pytest.raises(RestException, match="already exists"):
        client.create_registered_model(unique)
    with pytest.raises(MlflowException, match="UnsupportedUri|cannot tell"):
        client.create_model_version(unique, "ftp://nowhere/x")
    client.delete_registered_model(unique)
    with pytest.raises(RestException, match="not found"):
        client.get_registered_model(unique)


def status(credential, url, audience=AUDIENCE):
    headers = {"Authorization": "Bearer " + credential.get_token(audience).token}
    return requests.post(url, json={}, headers=headers, timeout=30).status_code


def test_tokens_audiences_and_roles_are_checked(owner, stranger, subscription_id, workspace):
    search = base_of(workspace) + "/api/2.0/mlflow/experiments/search"
    assert requests.post(search, json={}, timeout=30).status_code == 401
    assert status(owner, search, "https://vault.azure.net/.default") == 401
    assert status(stranger, search) == 403
    assert status(owner, search) == 200
    login = (os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])
    assert requests.post(search, json={}, auth=login, timeout=30).status_code == 200
    assert requests.post(search, json={}, auth=(login[0], "wrong"), timeout=30).status_code == 401


def test_a_reader_reads_and_writes_nothing(owner, stranger, subscription_id, workspace):
    token = stranger.get_token(AUDIENCE).token
    import jwt
    principal = jwt.decode(token, options={"verify_signature": False})["oid"]
    role = f"/subscriptions/{subscription_id}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    assignments = AuthorizationManagementClient(owner, subscription_id).role_assignments
    made = assignments.create(workspace.id, str(uuid.uuid4()), {"properties": {"roleDefinitionId": role, "principalId": principal, "principalType": "ServicePrincipal"}})
    api = base_of(workspace) + "/api/2.0/mlflow/"
    assert status(stranger, api + "experiments/search") == 200
    assert status(stranger, api + "experiments/create") == 403
    assignments.delete_by_id(made.id)
    assert status(stranger, api + "experiments/search") == 403


def test_azureml_mlflow_reaches_the_same_store(owner, workspace, unique, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_TOKEN", raising=False)
    uri = f"azureml://westeurope.api.azureml.ms/mlflow/v1.0{workspace.id}"
    azure = MlflowClient(uri, uri)
    experiment = azure.create_experiment(unique)
    run = azure.create_run(experiment).info.run_id
    azure.log_metric(run, "m", 2.5)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", owner.get_token(AUDIENCE).token)
    plain = MlflowClient(base_of(workspace), base_of(workspace))
    assert plain.get_run(run).data.metrics == {"m": 2.5}
    with pytest.raises(MlflowException, match="RESOURCE_DOES_NOT_EXIST|exists"):
        MlflowClient(URL, URL).get_run(run)
