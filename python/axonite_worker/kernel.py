"""A notebook's session: IPython's cells, with what Synapse puts into every Python notebook."""
import ast
import os
import sys
import types

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Any, Type
from traitlets.config import Config

from axonite_worker import magics
from axonite_worker.session import session
from notebookutils import mssparkutils
from notebookutils.notebook import NotebookExit

OUTPUT_BYTES_MAX = 1 << 20  # of one cell
TRACEBACK_LINES_MAX = 200
# What every notebook finds in its namespace; the rest of it is its own.
LENT = ("mssparkutils", "notebookutils", "display", "displayHTML", "get_ipython", "In", "Out", "_dh")


class Stream:
    """sys.stdout or sys.stderr of a cell."""

    encoding, errors, closed = "utf-8", "strict", False

    def __init__(self, name, emit):
        self.name, self._emit = name, emit

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self._emit({"output_type": "stream", "name": self.name, "text": text})
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def flush(self):
        pass

    def isatty(self):
        return False

    def writable(self):
        return True

    def readable(self):
        return False


class Publisher(DisplayPublisher):
    emit = Any()

    def publish(self, data, metadata=None, **kwargs):
        self.emit({"output_type": "display_data", "data": printable(data), "metadata": {}})

    def clear_output(self, wait=False):
        pass


class Hook(DisplayHook):
    emit = Any()

    def write_output_prompt(self):
        pass

    def finish_displayhook(self):
        pass

    def write_format_data(self, format_dict, md_dict=None):
        self.emit({"output_type": "execute_result", "execution_count": self.prompt_count, "data": printable(format_dict), "metadata": {}})


class Shell(InteractiveShell):
    display_pub_class = Type(Publisher)
    displayhook_class = Type(Hook)
    trace = Any(default_value=())

    def _showtraceback(self, etype, evalue, stb):
        self.trace = stb

    def enable_gui(self, gui=None):
        pass


def printable(data):
    import base64

    return {kind: base64.b64encode(value).decode() if isinstance(value, bytes) else value for kind, value in data.items()}


class Kernel:
    def __init__(self, send_output):
        self._send, self._left, self._truncated = send_output, OUTPUT_BYTES_MAX, False
        self._printed = None  # a stream output that may still grow
        settings = Config()
        settings.HistoryManager.enabled = False
        settings.InteractiveShell.colors = "nocolor"
        settings.InteractiveShell.color_info = False
        self.shell = Shell.instance(config=settings)
        self.shell.display_pub.emit = self.shell.displayhook.emit = self._emit
        sys.stdout, sys.stderr = Stream("stdout", self._emit), Stream("stderr", self._emit)
        magics.register(self.shell, self)
        self.shell.user_ns.update(mssparkutils=mssparkutils, notebookutils=sys.modules["notebookutils"], display=magics.display, displayHTML=magics.display_html)
        session.execute = self.run_nested

    def _emit(self, output):
        size = len(output.get("text", "")) or sum(len(str(value)) for value in output["data"].values())
        if size > self._left:
            if self._truncated:
                return
            self._truncated = True
            output = {"output_type": "stream", "name": "stderr", "text": f"\n[the cell's outputs are cut at {OUTPUT_BYTES_MAX} bytes]\n"}
        else:
            self._left -= size
        self._gather(output)

    def _gather(self, output):
        """What is printed piece by piece goes out as one output."""
        if self._printed and output and self._printed["name"] == output.get("name"):
            self._printed["text"].append(output["text"])
            return
        if self._printed:
            self._send({**self._printed, "text": "".join(self._printed["text"])})
        is_stream = output and output["output_type"] == "stream"
        self._printed = {**output, "text": [output["text"]]} if is_stream else None
        if output and not is_stream:
            self._send(output)

    def begin(self, environment, context):
        os.environ.update(environment)
        session.context = context
        session.point_spark()
        return {"status": "ok"}

    def set_parameters(self, values):
        self.shell.user_ns.update(values)
        return {"status": "ok"}

    def run_cell(self, source):
        self._left, self._truncated, self.shell.trace = OUTPUT_BYTES_MAX, False, ()
        try:
            self._lend_spark(source, self.shell.user_ns)
            result = self.shell.run_cell(source, store_history=True)
            error = result.error_before_exec or result.error_in_exec
        except Exception as problem:  # Spark could not be reached
            error = problem
        self._gather(None)
        if error is None:
            return {"status": "ok"}
        if isinstance(error, NotebookExit):
            return {"status": "exit", "value": error.value}
        lines = [str(line) for line in self.shell.trace] or [f"{type(error).__name__}: {error}"]
        return {"status": "error", "ename": type(error).__name__, "evalue": str(error)[:8192], "traceback": lines[-TRACEBACK_LINES_MAX:]}

    def _lend_spark(self, source, namespace):
        """Connects before the first cell that names it, and only then."""
        if "spark" in namespace or not uses_spark(source):
            return
        namespace["spark"] = session.spark()

    def run_nested(self, cells, parameters, namespace=None):
        """The cells of another notebook: in a namespace of their own, or for %run in the given one."""
        shell = self.shell
        outer = shell.user_module, shell.user_ns
        if namespace is None:
            module = types.ModuleType("__main__")  # what a cell defines finds its globals there
            namespace = module.__dict__
            namespace.update({name: value for name, value in shell.user_ns.items() if name in LENT})
            shell.user_module, shell.user_ns = module, namespace
        try:
            for cell in with_parameters(cells, parameters):
                if isinstance(cell, dict):
                    namespace.update(cell)
                    continue
                self._lend_spark(cell, namespace)
                shell.run_cell(cell, store_history=False, silent=False).raise_error()
        except NotebookExit as end:
            return end.value
        finally:
            shell.user_module, shell.user_ns = outer
        return ""


def with_parameters(cells, parameters):
    """Sources in order, with the values after the parameters cell, or first where there is none."""
    order = [cell["source"] for cell in cells]
    if parameters:
        place = next((number + 1 for number, cell in enumerate(cells) if cell["parameters"]), 0)
        order.insert(place, dict(parameters))
    return order


def uses_spark(source):
    try:
        tree = ast.parse(source)
    except SyntaxError:  # magics; what they do not catch, the name does
        return "spark." in source
    return any(isinstance(node, ast.Name) and node.id == "spark" for node in ast.walk(tree))
