"""kill -9 under load: no acknowledged write is gone, no unacknowledged one is half there."""
from load import endure
from loads import Definitions, Secrets, vault


def test_definitions_survive(server, owner, group, rng):
    endure(server, [Definitions(owner, group)], rng)


def test_secrets_survive(server, owner, group, rng):
    endure(server, [Secrets(owner, vault(owner, group))], rng)
