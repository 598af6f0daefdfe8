"""One server, one world, and the guide's blocks in the order of the document."""
import pytest
from azure.identity import DefaultAzureCredential

from blocks import read_blocks
from world import World


@pytest.fixture(scope="session")
def owner():
    return DefaultAzureCredential()


@pytest.fixture(scope="session")
def world(owner):
    made = World(owner)
    yield made
    made.remove()


@pytest.fixture(scope="session")
def blocks(world):
    """number → the block's text with the world's names in it."""
    return {block.number: block.filled(world.names) for block in read_blocks()}
