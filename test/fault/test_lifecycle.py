"""Starting, ending, and what may not start."""
import os
import re
import socket
import sqlite3
import threading
import time

import requests
from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from server import Server


def test_sigterm_ends_gracefully_and_nothing_is_lost(server, owner, group):
    assert server.terminate() == 0
    assert not (server.data_dir / "server.json").exists()
    server.start()
    names = [entry.name for entry in ResourceManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"]).resource_groups.list()]
    assert group in names


def test_sigterm_does_not_wait_for_idle_or_silent_clients(server):
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    with requests.Session() as idle:
        idle.get(server.url("/axonite/health"), timeout=10)
        began = time.monotonic()
        assert server.terminate() == 0
        assert time.monotonic() - began < 10
    for connection in silent:
        connection.close()


def test_a_token_outlives_a_kill(server, owner):
    token = owner.get_token("https://management.azure.com/.default").token
    server.kill()
    server.start()
    answer = requests.get("https://management.azure.com/subscriptions?api-version=2022-12-01", headers={"Authorization": "Bearer " + token}, timeout=10)
    assert answer.status_code == 200
    forged = token[:-8] + ("A" * 8 if not token.endswith("A" * 8) else "B" * 8)
    refused = requests.get("https://management.azure.com/subscriptions?api-version=2022-12-01", headers={"Authorization": "Bearer " + forged}, timeout=10)
    assert refused.status_code == 401


def test_a_second_server_on_the_same_directory_is_refused(server):
    second = Server(server.data_dir)
    second.log = server.data_dir.parent / "second.log"
    second.launch()
    assert second.process.wait(30) == 1
    assert "Another server runs on" in second.output()
    assert requests.get(server.url("/axonite/health"), timeout=10).status_code == 200
    assert server.is_ready(), "the second start has changed what the first wrote"


def test_a_port_in_use_is_refused_in_words(server, tmp_path):
    second = Server(tmp_path / "other")
    second.port = server.port
    second.launch()
    assert second.process.wait(30) == 1
    assert str(server.port) in second.output()


def test_a_newer_data_directory_is_refused_untouched(server):
    server.terminate()
    for database in sorted(server.data_dir.glob("*.db")):
        with sqlite3.connect(database) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version={version + 1000}")
        connection.close()
        server.launch()
        assert server.process.wait(30) == 1, f"{database.name} of a newer version was opened"
        assert "newer version" in server.output()
        with sqlite3.connect(database) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (version + 1000,)
            connection.execute(f"PRAGMA user_version={version}")
        connection.close()
    server.start()


def test_killed_while_starting(server, owner, group, rng):
    server.kill()
    for _ in range(8):
        server.launch()
        time.sleep(rng.uniform(0, 0.15))
        server.kill()
    server.start()
    assert ResourceManagementClient(owner, os.environ["AZURE_SUBSCRIPTION_ID"]).resource_groups.get(group).name == group


def test_killed_during_the_very_first_start(tmp_path, rng):
    server = Server(tmp_path / "fresh")
    for _ in range(8):
        server.launch()
        time.sleep(rng.uniform(0, 0.3))
        server.kill()
    server.start()
    try:
        environment = server.environment()
        credential = ClientSecretCredential(
            environment["AZURE_TENANT_ID"], environment["AZURE_CLIENT_ID"], environment["AZURE_CLIENT_SECRET"],
            proxies={"https": environment["HTTPS_PROXY"]}, connection_verify=environment["REQUESTS_CA_BUNDLE"])
        assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", credential.get_token("https://management.azure.com/.default").token)
    finally:
        server.kill()


def test_slow_clients_do_not_hold_up_the_others(server):
    """Two hundred clients that dribble a byte now and then, and one that wants an answer."""
    stop = threading.Event()
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]

    def dribble():
        request = b"GET /axonite/health HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"a" * 4000
        for byte in request:
            for connection in slow:
                try:
                    connection.send(bytes([byte]))
                except OSError:
                    pass  # the server may have had enough of it
            if stop.wait(0.05):
                return

    dribbler = threading.Thread(target=dribble)
    dribbler.start()
    try:
        for _ in range(20):
            began = time.monotonic()
            assert requests.get(server.url("/axonite/health"), timeout=10).status_code == 200
            assert time.monotonic() - began < 5
    finally:
        stop.set()
        dribbler.join()
        for connection in slow:
            connection.close()


def test_a_client_that_never_reads_its_answer(server):
    connections = []
    for _ in range(20):
        connection = socket.create_connection(("127.0.0.1", server.port))
        connection.settimeout(0.2)
        try:
            for _ in range(400):
                connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 20)
        except OSError:
            pass  # its answers fill the socket; the server waits, for a while
        connections.append(connection)
    assert requests.get(server.url("/axonite/health"), timeout=10).status_code == 200
    for connection in connections:
        connection.close()
