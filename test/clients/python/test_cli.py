"""axonite apply and axonite run, as a team's CI job calls them inside `axonite exec`."""
import json
import os
import subprocess
import xml.etree.ElementTree

import pytest
from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.synapse import SynapseManagementClient
from azure.mgmt.synapse.models import DataLakeStorageAccountDetails, ManagedIdentity, Workspace
from azure.synapse.artifacts import ArtifactsClient

BINARY = os.environ.get("AXONITE_BINARY", "build/release/axonite")


def axonite(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def set_variable(name, value):
    return {"name": name, "type": "SetVariable", "typeProperties": {"variableName": "v", "value": {"value": value, "type": "Expression"}}}


CHECK = {
    "name": "Check",
    "type": "IfCondition",
    "dependsOn": [{"activity": "Count", "dependencyConditions": ["Succeeded"]}],
    "typeProperties": {
        "expression": {"value": "@greater(pipeline().parameters.n, 2)", "type": "Expression"},
        "ifFalseActivities": [{"name": "TooFew", "type": "Fail", "typeProperties": {"message": "Only <a few>.", "errorCode": "E7"}}],
    },
}


@pytest.fixture
def folder(tmp_path):
    """A folder in git format: Parent calls Child, so that Child must be there first."""
    call = {"name": "Call", "type": "ExecutePipeline", "typeProperties": {"pipeline": {"referenceName": "Zchild", "type": "PipelineReference"}, "waitOnCompletion": True}}
    definitions = {
        "pipeline/Parent": {"activities": [call]},
        "pipeline/Zchild": {"activities": [set_variable("Set", "@concat('a', 'b')")], "variables": {"v": {"type": "String"}}},
        "pipeline/Check": {
            "activities": [set_variable("Count", "@string(pipeline().parameters.n)"), CHECK],
            "parameters": {"n": {"type": "int", "defaultValue": 3}},
            "variables": {"v": {"type": "String"}},
        },
        "linkedService/Vault": {"type": "AzureKeyVault", "typeProperties": {"baseUrl": "https://team.vault.azure.net/"}},
    }
    for path, properties in definitions.items():
        file = tmp_path / (path + ".json")
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps({"name": file.stem, "properties": properties}))
    return tmp_path


@pytest.fixture
def place(unique):
    return ["--factory", unique + "-adf", "--resource-group", unique]


def test_apply_makes_the_factory_and_everything_in_order(folder, place, unique, owner, subscription_id):
    applied = axonite("apply", folder, *place)
    assert applied.returncode == 0, applied.stderr
    lines = [line.split(maxsplit=1)[1] for line in applied.stdout.splitlines()]
    assert lines == [
        f"resource group {unique}", f"data factory {unique}-adf", "linked service Vault", "pipeline Check", "pipeline Zchild", "pipeline Parent",
    ]
    client = DataFactoryManagementClient(owner, subscription_id)
    assert {pipeline.name for pipeline in client.pipelines.list_by_factory(unique, unique + "-adf")} == {"Check", "Zchild", "Parent"}
    again = axonite("apply", folder, *place)
    assert again.returncode == 0 and "data factory" not in again.stdout


def test_apply_shows_what_the_service_refuses(folder, place):
    (folder / "dataset").mkdir()
    linked = {"referenceName": "Nowhere", "type": "LinkedServiceReference"}
    (folder / "dataset/Raw.json").write_text(json.dumps({"name": "Raw", "properties": {"type": "Json", "linkedServiceName": linked}}))
    refused = axonite("apply", folder, *place)
    assert refused.returncode == 1
    assert "datasets/Raw" in refused.stderr and "400" in refused.stderr and "Nowhere" in refused.stderr


def test_apply_needs_a_place_and_a_folder(folder, place, tmp_path):
    assert axonite("apply", folder, "--factory", "adf").returncode == 1
    assert "There is no folder" in axonite("apply", tmp_path / "none", *place).stderr


def test_run_succeeds_with_a_report(folder, place, tmp_path):
    report = tmp_path / "report.xml"
    ran = axonite("run", "Parent", "--folder", folder, "--junit", report, *place)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    assert "Call" in ran.stdout and "Succeeded" in ran.stdout
    suite = xml.etree.ElementTree.parse(report).getroot().find("testsuite")
    assert suite.attrib["failures"] == "0"
    assert [case.attrib["name"] for case in suite] == ["Call (ExecutePipeline)", "Parent"]


def test_run_fails_with_the_reason_in_the_report(folder, place, tmp_path):
    report = tmp_path / "report.xml"
    ran = axonite("run", "Check", "--folder", folder, "--parameters", '{"n": 1}', "--junit", report, *place)
    assert ran.returncode == 1
    assert "E7: Only <a few>." in ran.stdout
    failures = xml.etree.ElementTree.parse(report).getroot().iter("failure")
    assert any("Only <a few>." in failure.attrib["message"] for failure in failures)
    parameters = tmp_path / "parameters.json"
    parameters.write_text('{"n": 5}')
    assert axonite("run", "Check", "--parameters", f"@{parameters}", *place).returncode == 0


def test_run_refuses_wrong_names(folder, place):
    assert axonite("apply", folder, *place).returncode == 0
    wrong = axonite("run", "Nobody", *place)
    assert wrong.returncode == 1 and "Nobody" in wrong.stderr
    assert axonite("run", "Check", "--parameters", "{", *place).returncode == 1


@pytest.fixture
def workspace(unique, owner, subscription_id):
    """Its creator is Synapse Administrator there."""
    ResourceManagementClient(owner, subscription_id).resource_groups.create_or_update(unique, {"location": "westeurope"})
    lake = DataLakeStorageAccountDetails(account_url=f"https://{unique}.dfs.core.windows.net", filesystem="raw")
    SynapseManagementClient(owner, subscription_id).workspaces.begin_create_or_update(
        unique, unique + "-ws", Workspace(location="westeurope", identity=ManagedIdentity(type="SystemAssigned"), default_data_lake_storage=lake)
    ).result()
    return unique + "-ws"


def test_a_workspace_takes_the_same_folder_with_scripts_and_notebooks(folder, workspace, owner):
    notebook = {"nbformat": 4, "nbformat_minor": 2, "metadata": {"language_info": {"name": "python"}}, "cells": []}
    script = {"content": {"query": "SELECT 1", "metadata": {"language": "sql"}}, "type": "SqlQuery"}
    for path, properties in {"notebook/Join": notebook, "sqlscript/One": script}.items():
        file = folder / (path + ".json")
        file.parent.mkdir()
        file.write_text(json.dumps({"name": file.stem, "properties": properties}))
    ran = axonite("run", "Parent", "--folder", folder, "--workspace", workspace)
    assert ran.returncode == 0, ran.stderr + ran.stdout
    client = ArtifactsClient(owner, f"https://{workspace}.dev.azuresynapse.net")
    assert client.notebook.get_notebook("Join").name == "Join"
    assert client.sql_script.get_sql_script("One").properties.content.query == "SELECT 1"
    failed = axonite("run", "Check", "--parameters", '{"n": 0}', "--workspace", workspace)
    assert failed.returncode == 1 and "E7: Only <a few>." in failed.stdout


def test_run_says_when_the_workspace_is_not_there(folder):
    refused = axonite("run", "Parent", "--folder", folder, "--workspace", "nobodys-ws")
    assert refused.returncode == 1 and "403" in refused.stderr
