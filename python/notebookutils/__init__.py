"""Synapse's notebook utilities, for notebooks that run on Axonite: the same names, over the server's real endpoints,
with the identity that the notebook runs as."""
from . import credentials, env, fs, notebook, runtime, mssparkutils

__all__ = ["credentials", "env", "fs", "mssparkutils", "notebook", "runtime"]
