"""Cell languages and display, as Synapse notebooks have them."""
import json

from IPython.core.error import UsageError
from IPython.display import HTML
from IPython.display import display as ipython_display

from axonite_worker.session import session
from notebookutils import notebook

DISPLAY_ROWS_MAX = 1000


def display(*objects, **options):
    """Data frames of Spark as tables of their first rows; everything else as IPython does."""
    for item in objects:
        if type(item).__module__.startswith("pyspark.") and hasattr(item, "toPandas"):
            item = item.limit(DISPLAY_ROWS_MAX).toPandas()
        ipython_display(item)


def display_html(html):
    ipython_display(HTML(html))


def statements(text):
    """Parts between semicolons that stand outside quotes and comments."""
    parts, current, quote, at = [], "", "", 0
    while at < len(text):
        character = text[at]
        if quote:
            current += character
            if character == "\\" and at + 1 < len(text):
                at += 1
                current += text[at]
            elif character == quote:
                quote = ""
        elif text.startswith("--", at):
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
            continue
        elif character in "'\"`":
            quote = character
            current += character
        elif character == ";":
            parts.append(current)
            current = ""
        else:
            current += character
        at += 1
    return [part for part in (*parts, current) if part.strip()]


def register(shell, kernel):
    def sql(line, cell):
        spark = shell.user_ns.setdefault("spark", session.spark())
        for statement in statements(cell):
            display(spark.sql(statement))

    def pyspark(line, cell):
        shell.run_cell(cell, store_history=False).raise_error()

    def configure(line, cell):
        print("%%configure has no effect here: sessions share the server's Spark engine.")

    def run(line):
        name, _, rest = line.strip().partition(" ")
        cells = notebook.read(name.strip("\"'"))
        kernel.run_nested(cells, json.loads(rest) if rest.strip() else {}, shell.user_ns)

    def refuse(language):
        def refused(line, cell):
            raise UsageError(f"%%{language} cells are not supported here; notebooks run Python and SQL.")

        return refused

    shell.register_magic_function(sql, "cell", "sql")
    shell.register_magic_function(pyspark, "cell", "pyspark")
    shell.register_magic_function(configure, "cell", "configure")
    shell.register_magic_function(run, "line", "run")
    for language in ("spark", "csharp", "sparkr"):
        shell.register_magic_function(refuse(language), "cell", language)
