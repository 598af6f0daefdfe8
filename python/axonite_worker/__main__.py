"""A worker process: answers the server's messages, one JSON object a line, on file descriptor 3.

    session     {"environment":{name:value},"context":{…}}      → done
    parameters  {"values":{name:value}}                          → done
    cell        {"source":"…"}                                   → output… done

Answers: {"type":"ready"} once, {"type":"output","output":<nbformat output>}, {"type":"done","status":"ok"|"error"|"exit", …}.
"""
import json
import os
import socket
import sys


def main():
    channel = socket.socket(fileno=3)
    channel.set_inheritable(False)
    reader = channel.makefile("r", encoding="utf-8", newline="\n")

    def send(message):
        channel.sendall(json.dumps(message, ensure_ascii=True, allow_nan=False).encode() + b"\n")

    from axonite_worker.kernel import Kernel

    kernel = Kernel(lambda output: send({"type": "output", "output": output}))
    send({"type": "ready"})
    # What is written past Python's own streams would go nowhere that anybody looks.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    handlers = {"session": kernel.begin, "parameters": kernel.set_parameters, "cell": kernel.run_cell}
    for line in reader:
        message = json.loads(line)
        send({"type": "done", **handlers[message.pop("type")](**message)})


if __name__ == "__main__":
    sys.exit(main())
