"""Writers that remember what was acknowledged, and can say afterwards whether the server remembers it too."""
import hashlib
import os
import threading

from azure.core.exceptions import IncompleteReadError, ServiceRequestError, ServiceResponseError
from server import killed_after

# How a killed server looks from outside. Any other answer is a finding.
CONNECTION_BROKE = (ServiceRequestError, ServiceResponseError, IncompleteReadError)
ABSENT = None
KILLS = int(os.environ.get("AXONITE_FAULT_KILLS", "6"))


class Register:
    """One name's value: the last acknowledged one, or the one whose answer never came."""

    def __init__(self):
        self.acknowledged = ABSENT
        self.pending = []
        self.writes = 0

    def write(self, value, call):
        self.pending = [value]
        call()
        self.acknowledged, self.pending = value, []
        self.writes += 1

    def settle(self, found, where):
        """The value found after the restart must be one of the two; from now on it is the acknowledged one."""
        allowed = [self.acknowledged, *self.pending]
        assert found in allowed, f"{where}: found {found!r}, acknowledged {self.acknowledged!r}, under way {self.pending!r}"
        self.acknowledged, self.pending = found, []


def content(rng, bytes_count):
    return rng.randbytes(bytes_count)


def digest(data):
    return ABSENT if data is ABSENT else hashlib.sha256(data).hexdigest()[:16]


def run_until_broken(loads, rng):
    """Each load steps on a thread of its own until its connection breaks. Returns what went wrong otherwise."""
    faults = []

    def work(load, own):
        try:
            while True:
                load.step(own)
        except CONNECTION_BROKE:
            pass
        except Exception as fault:  # noqa: BLE001 — handed to the test, which fails with it
            faults.append((load.name, fault))

    threads = [threading.Thread(target=work, args=(load, type(rng)(rng.random()))) for load in loads]
    for thread in threads:
        thread.start()
    return threads, faults


def endure(server, loads, rng):
    """Kills under load, restarts and compares, again and again on the same data."""
    for _ in range(KILLS):
        with killed_after(server, rng.uniform(0.05, 1.5)):
            threads, faults = run_until_broken(loads, rng)
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive(), "a client still waits for a server that is gone"
        assert not faults
        server.start()
        for load in loads:
            load.check()
    written = {load.name: sum(register.writes for register in load.registers.values()) for load in loads if hasattr(load, "registers")}
    assert all(written.values()), f"a load never got a write through: {written}"
