"""Progress as a person wants it: what is done, how long it took, and what it gave."""
import contextlib
import time


@contextlib.contextmanager
def step(title):
    print(f"\n▸ {title}", flush=True)
    begin = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - begin:.1f} s", flush=True)


def line(text):
    print(f"  {text}", flush=True)
