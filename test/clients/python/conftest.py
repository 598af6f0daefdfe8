"""Witnesses: unmodified clients against the server that `axonite exec` started around this run.

Every test that proves operations says so: @pytest.mark.witness("key_vault.SetSecret", …). A mark that names no
operation of the server stops the run before the first test. The server's operations and the marks of the tests that
passed are written to $AXONITE_WITNESSES, from which scripts/parity.py makes docs/parity.md.
"""
import json
import os
import uuid

import pytest
import requests
from azure.identity import ClientSecretCredential, DefaultAzureCredential


def pytest_configure(config):
    config.addinivalue_line("markers", "witness(*operations): the operations that this test proves")
    config.stash[_proved] = {}


_proved = pytest.StashKey()
_operations = pytest.StashKey()


def pytest_collection_finish(session):
    answer = requests.get(os.environ["AXONITE_URL"] + "/axonite/operations", timeout=30)
    operations = session.config.stash[_operations] = answer.json()["value"]
    marked = {name for item in session.items for mark in item.iter_markers("witness") for name in mark.args}
    if unknown := sorted(marked - set(operations)):
        raise pytest.UsageError(f"witness marks that name no operation of the server: {', '.join(unknown)}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().passed:
        for mark in item.iter_markers("witness"):
            for operation in mark.args:
                item.config.stash[_proved].setdefault(operation, []).append(item.nodeid)


def pytest_sessionfinish(session):
    target = os.environ.get("AXONITE_WITNESSES")
    if target:
        with open(target, "w") as file:
            found = {"operations": session.config.stash.get(_operations, []), "witnesses": session.config.stash[_proved]}
            json.dump(found, file, indent=1, sort_keys=True)


@pytest.fixture(scope="session")
def subscription_id():
    return os.environ["AZURE_SUBSCRIPTION_ID"]


@pytest.fixture(scope="session")
def tenant_id():
    return os.environ["AZURE_TENANT_ID"]


@pytest.fixture(scope="session")
def owner():
    """Who may do everything: the owner service principal, through DefaultAzureCredential as users do."""
    return DefaultAzureCredential()


@pytest.fixture(scope="session")
def bad_credential(tenant_id):
    return ClientSecretCredential(tenant_id, os.environ["AZURE_CLIENT_ID"], "not-the-secret")


@pytest.fixture
def unique():
    """A short name of its own for each test: lower-case letters and digits."""
    return "t" + uuid.uuid4().hex[:12]


@pytest.fixture(scope="session")
def stranger(tenant_id, owner):
    """A service principal without any right, made through Microsoft Graph as an administrator would make it."""
    headers = {"Authorization": "Bearer " + owner.get_token("https://graph.microsoft.com/.default").token}

    def post(path, body):
        answer = requests.post("https://graph.microsoft.com/v1.0" + path, json=body, headers=headers)
        answer.raise_for_status()
        return answer.json()

    application = post("/applications", {"displayName": "stranger-" + uuid.uuid4().hex[:8]})
    post("/servicePrincipals", {"appId": application["appId"]})
    secret = post(f"/applications/{application['id']}/addPassword", {"passwordCredential": {"displayName": "test"}})
    return ClientSecretCredential(tenant_id, application["appId"], secret["secretText"])
