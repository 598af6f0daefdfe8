"""Storage under kill -9, and its keys in no file."""
import requests
from azure.storage.blob import BlobServiceClient
from load import endure
from loads import Blobs, Definitions, GrowingFile, Renames, Secrets, storage_account, vault


def test_storage_survives(server, owner, group, rng):
    account = storage_account(owner, group)
    endure(server, [Blobs(*account), GrowingFile(*account), Renames(*account)], rng)


def test_everything_at_once_survives(server, owner, group, rng):
    account = storage_account(owner, group)
    endure(server, [Blobs(*account), Secrets(owner, vault(owner, group)), Definitions(owner, group), Renames(*account)], rng)


def test_keys_of_storage_accounts(server, planted, owner, group):
    account, key = storage_account(owner, group)
    planted.texts["key"] = key
    BlobServiceClient(f"https://{account}.blob.core.windows.net", key).create_container("keys")
    wrong = requests.get(f"https://{account}.blob.core.windows.net/keys?restype=container&sv=2022-11-02&sig={planted.plant('signature')}", timeout=10)
    assert wrong.status_code in (401, 403)
    server.terminate()
    assert planted.found_in(server) == []
