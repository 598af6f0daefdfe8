"""The folders of the factory and the workspace, as their git mode keeps them, deployed in the order of their references."""
import json
import pathlib

from azure.mgmt.datafactory import DataFactoryManagementClient
from azure.synapse.artifacts import ArtifactsClient

from . import names
from .console import line

FOLDER = pathlib.Path(__file__).parent.parent / "factory"
NOTEBOOKS = pathlib.Path(__file__).parent.parent / "workspace/notebook"


def factory(deployer):
    client = DataFactoryManagementClient(deployer.credential, names.SUBSCRIPTION)
    for kind, operations in (("linkedService", client.linked_services), ("dataset", client.datasets), ("pipeline", client.pipelines)):
        for file in sorted((FOLDER / kind).glob("*.json")):
            document = json.loads(file.read_text())
            operations.create_or_update(names.GROUP, names.FACTORY, document["name"], {"properties": document["properties"]})
            line(f"{kind} {document['name']}")


def workspace(deployer):
    client = ArtifactsClient(deployer.credential, f"https://{names.WORKSPACE}.dev.azuresynapse.net")
    for file in sorted(NOTEBOOKS.glob("*.json")):
        document = json.loads(file.read_text())
        client.notebook.begin_create_or_update_notebook(document["name"], document).result()
        line(f"notebook {document['name']}")
