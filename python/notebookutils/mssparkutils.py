"""The older name of the same utilities: from notebookutils import mssparkutils."""
from . import credentials, env, fs, notebook, runtime

__all__ = ["credentials", "env", "fs", "notebook", "runtime"]
