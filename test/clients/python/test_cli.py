"""axonite apply and axonite run, as a team's CI job calls them inside `axonite exec`."""
import json
import os
import subprocess
import xml.etree.ElementTree

import pytest
from azure.mgmt.datafactory import DataFactoryManagementClient

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
