"""What an activity costs: a chain of a hundred GetMetadata, each started and ended durably around a look at one file."""
import statistics
import time

from azure.storage.filedatalake import DataLakeServiceClient

import world

CHAIN = 100


def prepare():
    account, key = world.storage_account()
    files = DataLakeServiceClient(f"https://{account}.dfs.core.windows.net", key).create_file_system("chain")
    files.get_file_client("file.csv").upload_data(b"a\n1\n", overwrite=True)
    client = world.factory()
    lake = {"type": "AzureBlobFS", "typeProperties": {"url": f"https://{account}.dfs.core.windows.net/"}}
    location = {"type": "AzureBlobFSLocation", "fileSystem": "chain", "fileName": "file.csv"}
    dataset = {"type": "DelimitedText", "linkedServiceName": {"referenceName": "Lake", "type": "LinkedServiceReference"}, "typeProperties": {"location": location}}
    client.linked_services.create_or_update(world.group(), world.NAME, "Lake", {"properties": lake})
    client.datasets.create_or_update(world.group(), world.NAME, "File", {"properties": dataset})
    steps = [
        {
            "name": f"Look{i}",
            "type": "GetMetadata",
            "dependsOn": [{"activity": f"Look{i - 1}", "dependencyConditions": ["Succeeded"]}] if i else [],
            "typeProperties": {"dataset": {"referenceName": "File", "type": "DatasetReference"}, "fieldList": ["size"]},
        }
        for i in range(CHAIN)
    ]
    client.pipelines.create_or_update(world.group(), world.NAME, "chain", {"properties": {"activities": steps}})
    return client


def activity():
    client = prepare()
    samples = []
    for _ in range(5):
        run_id = client.pipelines.create_run(world.group(), world.NAME, "chain").run_id
        while True:
            run = client.pipeline_runs.get(world.group(), world.NAME, run_id)
            if run.status not in ("Queued", "InProgress"):
                break
            time.sleep(0.02)
        if run.status != "Succeeded":
            raise SystemExit(f"bench: the chain {run.status}: {run.message}")
        samples.append(run.duration_in_ms / CHAIN)
    return {"unit": "ms", "ours": round(statistics.median(samples), 2), "peer": "Airflow 3.3 (1.0 s)", "theirs": 1000.0}
