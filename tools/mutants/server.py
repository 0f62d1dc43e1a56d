"""A process for mutation runs that has loaded every library already and forks for each run of pytest.

It is copied beside the tree it runs in.  A line of JSON comes in for each run and one with the exit code goes out.
"""

import contextlib
import importlib
import json
import os
import signal
import sys
import time
import warnings
from pathlib import Path

#: A run that had to be ended from outside.
TOO_LONG = 88


def main() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _run(asked)
        sys.stdout.write(json.dumps(_wait(child, asked["limit"])) + "\n")
        sys.stdout.flush()


def _run(asked: dict[str, object]) -> None:
    os.setsid()
    out = os.open(str(asked["output"]), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, out), (2, out)):
        os.dup2(source, target)
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    sys.path[:0] = [os.getcwd(), str(Path(__file__).parent)]
    code = 99
    try:
        import pytest

        code = int(pytest.main(asked["arguments"]))  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        os._exit(code)


def _wait(child: int, limit: float) -> int:
    until = time.monotonic() + limit
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        late = time.monotonic() > until
        if ended or late:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            if late and not ended:
                os.waitpid(child, 0)
                return TOO_LONG
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)


if __name__ == "__main__":
    main()
