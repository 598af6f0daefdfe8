"""Faults: the real binary is killed, starved and refused; what it had acknowledged must still be there.

Random moments come from one seed, printed with every failure; AXONITE_FAULT_SEED repeats a run.
"""
import os
import random
import secrets
import time
import uuid

import pytest
from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from server import Server

SEED = int(os.environ.get("AXONITE_FAULT_SEED") or time.time_ns() % 1_000_000)


def pytest_report_header():
    return f"AXONITE_FAULT_SEED={SEED}"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        outcome.get_result().sections.append(("how to repeat", f"AXONITE_FAULT_SEED={SEED}"))


@pytest.fixture
def rng(request):
    """Its own stream of random numbers for each test, so that -k does not change what a test does."""
    return random.Random(f"{SEED}{request.node.name}")


@pytest.fixture
def server(tmp_path, monkeypatch):
    server = Server(tmp_path / "data")
    server.start()
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in server.environment().items():
        monkeypatch.setenv(name, value)
    yield server
    if server.process.poll() is None:
        server.kill()


@pytest.fixture
def owner(server):
    return ClientSecretCredential(os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"], os.environ["AZURE_CLIENT_SECRET"])


@pytest.fixture
def group(owner):
    name = "g" + uuid.uuid4().hex[:8]
    ResourceManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"]).resource_groups.create_or_update(name, {"location": "westeurope"})
    return name


class Planted:
    """Random texts that must not be found again in the data directory or in what the server wrote to its terminal."""

    def __init__(self):
        self.texts = {}

    def plant(self, what):
        self.texts[what] = f"planted-{secrets.token_hex(16)}"
        return self.texts[what]

    def found_in(self, server):
        places = [path for path in server.data_dir.rglob("*") if path.is_file()] + [server.log]
        return sorted(f"{what} in {path.name}" for path in places for what, text in self.texts.items() if text.encode() in path.read_bytes())


@pytest.fixture
def planted():
    return Planted()
