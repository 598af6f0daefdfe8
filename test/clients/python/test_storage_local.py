"""Accounts addressed by path (http://127.0.0.1:PORT/account/container/blob, as emulators are), tiers, copies by URL and
access control of whole directories: azure-storage-blob, azure-storage-file-datalake and deltalake's object_store."""
import datetime
import os

import pyarrow
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.storage.blob import BlobBlock, BlobSasPermissions, BlobServiceClient, ContainerSasPermissions, StandardBlobTier, generate_blob_sas, generate_container_sas
from azure.storage.filedatalake import DataLakeServiceClient
from deltalake import DeltaTable, write_deltalake

from test_storage import NO_RETRY, account, blobs_of, lake_of, object_id, raw  # noqa: F401

SOON = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)


def by_path(account):
    return f"{os.environ['AXONITE_URL'].rstrip('/')}/{account[0]}"


@pytest.mark.witness("storage.PutBlob", "storage.GetBlob", "storage.ListBlobs", "storage.ListContainers", "storage.Batch")
def test_accounts_by_path(account, raw):
    local = BlobServiceClient(by_path(account), credential=account[1], **NO_RETRY)
    container = local.get_container_client(raw.file_system_name)
    blob = container.upload_blob("d/a b+ü", b"by path")
    assert blobs_of(account).get_blob_client(raw.file_system_name, "d/a b+ü").download_blob().readall() == b"by path"
    assert [b.name for b in container.list_blobs()] == ["d", "d/a b+ü"]
    assert raw.file_system_name in [c.name for c in local.list_containers()]
    sas = generate_container_sas(account[0], raw.file_system_name, account_key=account[1], permission=ContainerSasPermissions(read=True), expiry=SOON)
    reader = BlobServiceClient(by_path(account), credential=sas, **NO_RETRY)
    assert reader.get_blob_client(raw.file_system_name, "d/a b+ü").download_blob().readall() == b"by path"
    with pytest.raises(HttpResponseError):
        reader.get_blob_client(raw.file_system_name, "d/new").upload_blob(b"x")
    with pytest.raises(ClientAuthenticationError):
        BlobServiceClient(by_path(account), credential="d3Jvbmc=", **NO_RETRY).get_container_client(raw.file_system_name).get_container_properties()
    with pytest.raises(ResourceNotFoundError):
        BlobServiceClient(by_path(("nosuchaccount", "")), credential=account[1], **NO_RETRY).get_container_client("c").get_container_properties()
    answers = list(container.delete_blobs(blob.blob_name, "none", raise_on_any_failure=False))
    assert [a.status_code for a in answers] == [202, 404]
    lake = DataLakeServiceClient(by_path(account), credential=account[1], **NO_RETRY).get_file_system_client(raw.file_system_name)
    lake.get_file_client("dir/f").upload_data(b"12", overwrite=True)
    assert [p.name for p in lake.get_paths()] == ["d", "dir", "dir/f"]


@pytest.mark.witness("storage.PutBlob", "storage.GetBlob", "storage.ListBlobs")
def test_delta_tables_by_path(account, raw):
    options = {"azure_storage_account_name": account[0], "azure_storage_account_key": account[1], "azure_storage_endpoint": by_path(account), "allow_http": "true"}
    where = f"abfss://{raw.file_system_name}@{account[0]}.dfs.core.windows.net/table"
    for part in range(2):
        write_deltalake(where, pyarrow.table({"n": [part]}), mode="append", storage_options=options)
    assert sorted(DeltaTable(where, storage_options=options).to_pyarrow_table()["n"].to_pylist()) == [0, 1]
    with pytest.raises(Exception, match="(?i)auth|403"):
        DeltaTable(where, storage_options={**options, "azure_storage_account_key": "d3Jvbmc="})


@pytest.mark.witness("storage.SetBlobTier")
def test_tiers(account, raw):
    container = blobs_of(account).get_container_client(raw.file_system_name)
    blob = container.upload_blob("cool", b"1", standard_blob_tier=StandardBlobTier.COOL)
    container.upload_blob("plain", b"2")
    assert {b.name: b.blob_tier for b in container.list_blobs()} == {"cool": "Cool", "plain": "Hot"}
    before = blob.get_blob_properties().etag
    blob.set_standard_blob_tier("Archive")
    assert (blob.get_blob_properties().blob_tier, blob.get_blob_properties().etag) == ("Archive", before)
    with pytest.raises(HttpResponseError) as archived:
        blob.download_blob()
    assert archived.value.error_code == "BlobArchived"
    with pytest.raises(HttpResponseError):
        blob.set_standard_blob_tier("Lukewarm")
    answers = list(container.set_standard_blob_tier_blobs("Hot", "cool", "none", raise_on_any_failure=False))
    assert [a.status_code for a in answers] == [200, 404]
    assert blob.download_blob().readall() == b"1"


@pytest.mark.witness("storage.CopyBlob", "storage.PutBlobFromUrl", "storage.PutBlockFromUrl")
def test_copies_by_url(account, raw):
    name, key, _ = account
    container = blobs_of(account).get_container_client(raw.file_system_name)
    source = container.upload_blob("source", b"0123456789", metadata={"m": "1"})
    read = generate_blob_sas(name, raw.file_system_name, "source", account_key=key, permission=BlobSasPermissions(read=True), expiry=SOON)
    write = generate_container_sas(name, raw.file_system_name, account_key=key, permission=ContainerSasPermissions(write=True, create=True), expiry=SOON)
    writer = blobs_of(account, write).get_container_client(raw.file_system_name)
    writer.get_blob_client("whole").upload_blob_from_url(f"{source.url}?{read}")
    assert container.download_blob("whole").readall() == b"0123456789"
    with pytest.raises(HttpResponseError):  # what may write must not thereby read
        writer.get_blob_client("stolen").upload_blob_from_url(source.url)
    with pytest.raises(HttpResponseError):
        writer.get_blob_client("stolen").upload_blob_from_url(f"{source.url}?{read[:-4]}AAA%3D")
    assert not container.get_blob_client("stolen").exists()
    parts = writer.get_blob_client("parts")
    parts.stage_block_from_url("YQ==", f"{source.url}?{read}", source_offset=5, source_length=5)
    parts.stage_block_from_url("Yg==", f"{source.url}?{read}", source_offset=0, source_length=5)
    parts.commit_block_list([BlobBlock("YQ=="), BlobBlock("Yg==")])
    assert container.download_blob("parts").readall() == b"5678901234"
    with pytest.raises(HttpResponseError) as beyond:
        parts.stage_block_from_url("YQ==", f"{source.url}?{read}", source_offset=5, source_length=50)
    assert beyond.value.status_code in (400, 416)


@pytest.mark.witness("storage.SetAccessControlRecursive")
def test_access_control_of_a_tree(account, raw, stranger):
    for path in ("t/a/1", "t/a/2", "t/b/3", "u/4"):
        raw.get_file_client(path).upload_data(path.encode(), overwrite=True)
    who = object_id(stranger)
    theirs = blobs_of(account, stranger).get_blob_client(raw.file_system_name, "t/a/1")
    raw.get_directory_client("/").set_access_control(acl=f"user::rwx,group::r-x,other::---,user:{who}:--x")
    with pytest.raises(HttpResponseError):
        theirs.download_blob()
    tree = raw.get_directory_client("t")
    done = tree.update_access_control_recursive(acl=f"user:{who}:r-x,default:user:{who}:r-x", batch_size=2)
    assert (done.counters.directories_successful, done.counters.files_successful, done.counters.failure_count) == (3, 3, 0)
    assert done.continuation is None
    assert theirs.download_blob().readall() == b"t/a/1"
    assert f"default:user:{who}:r-x" in raw.get_directory_client("t/a").get_access_control()["acl"]
    assert "default" not in raw.get_file_client("t/a/1").get_access_control()["acl"]
    with pytest.raises(HttpResponseError):
        blobs_of(account, stranger).get_blob_client(raw.file_system_name, "u/4").download_blob()
    page = tree.remove_access_control_recursive(acl=f"user:{who},default:user:{who}", batch_size=1, max_batches=2)
    assert page.continuation
    rest = tree.remove_access_control_recursive(acl=f"user:{who},default:user:{who}", continuation_token=page.continuation)
    assert page.counters.files_successful + rest.counters.files_successful == 3
    with pytest.raises(HttpResponseError):
        theirs.download_blob()
    with pytest.raises(HttpResponseError):
        tree.set_access_control_recursive(acl="user:nonsense")
