"""A program that ends with the process that started it: `python -m core.tied LOCK MODULE ARGUMENTS`.

The starter holds the other end of standard input and writes nothing there. However it ends, the kernel closes
that end, and a thread that waits for it wakes up. The program is then asked to end as by a person, and killed where
it does not. A signal at the parent's death (`prctl`) would do the same on Linux alone. The shared lock on LOCK is
seen by who starts next: it is free when all that were started have ended.
"""

import fcntl
import os
import runpy
import signal
import sys
import threading
import time

PATIENCE_S = 10.0
"""From being asked to end to being killed."""


def main() -> None:
    lock, module = sys.argv[1:3]
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)  # never closed: the lock ends with the process
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
    except OSError as error:
        print(f"{lock} cannot be locked ({error}); whoever starts next does not wait for this one", file=sys.stderr)
    threading.Thread(target=_end_with, args=(os.dup(0),), name="tied", daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)  # its own children are to read the end at once
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(starter: int) -> None:
    while os.read(starter, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
