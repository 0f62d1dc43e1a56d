"""A process for mutation runs that has loaded everything already and forks for each run of pytest.

It is copied beside the tree it runs in.  A line of JSON comes in for each run and one with the exit code goes out.

Most mutants change one function.  They run in a fork of a process that has imported the project and its tests: the
function's code is exchanged there, wherever the function is held, and nothing is imported again.  A mutant that changes
what runs when its module is imported needs an import: it runs in a fork that has loaded the libraries alone (`--cold`).
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

#: The exit codes of a run that had to be ended from outside, and of one that needs an import.
TOO_LONG, NEEDS_IMPORT = 88, 89

Functions = dict[tuple[str, str, int], list[FunctionType]]


def main() -> None:
    sys.path[:0] = [os.getcwd(), str(Path(__file__).parent)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    functions: Functions = {} if "--cold" in sys.argv else _collected(sys.argv[2:])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            _run(asked, functions)
        sys.stdout.write(json.dumps(_wait(child, asked["limit"])) + "\n")
        sys.stdout.flush()


def _collected(modules: list[str]) -> Functions:
    """Import these tests, or all, and with them the project; returns its functions by module, name and line."""
    import pytest

    out = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "-W", "ignore", *modules])
    sys.stdout.flush()
    os.dup2(out, 1)
    functions: Functions = {}
    # What the tests themselves froze would not be listed.
    gc.unfreeze()
    for function in gc.get_objects():
        if type(function) is FunctionType and function.__code__.co_filename.startswith(os.getcwd()):
            code = function.__code__
            functions.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(function)
    if not functions:
        # Every mutant would run as if nothing were changed, and survive.
        raise RuntimeError("the tests import no function of the project")
    gc.collect()
    gc.freeze()
    return functions


def _run(asked: dict[str, Any], functions: Functions) -> None:
    os.setsid()
    out = os.open(asked["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    null = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, null), (1, out), (2, out)):
        os.dup2(source, target)
    os.environ.update(asked["environment"])
    code = 99
    try:
        unchanged = asked["before"] == asked["after"]
        if functions and not unchanged and not exchanged(functions, asked["module"], asked["before"], asked["after"]):
            code = NEEDS_IMPORT
        else:
            import pytest

            code = int(pytest.main(asked["arguments"]))
    finally:
        sys.stdout.flush()
        os._exit(code)


def exchanged(functions: Functions, module: str, before: str, after: str) -> bool:
    """Give the functions that a mutant changes their new code; False where that is not all it changes."""
    old, new = (compile(text, module, "exec", dont_inherit=True) for text in (before, after))
    if not _alike(old, new):
        return False
    done = False
    for was, becomes in _changed(old, new):
        named = functions.get((module, was.co_qualname, was.co_firstlineno), [])
        # Several lambdas may stand in one line.
        held = [function for function in named if _same(function.__code__, was)]
        if not held or was.co_freevars != becomes.co_freevars:
            return False
        for function in held:
            function.__code__ = becomes
            done = True
    return done


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def _alike(old: CodeType, new: CodeType) -> bool:
    """Whether two bodies do the same, but for the functions in them."""
    plain = [[c for c in code.co_consts if not isinstance(c, CodeType)] for code in (old, new)]
    names = [(code.co_code, code.co_names, code.co_varnames, code.co_exceptiontable) for code in (old, new)]
    return names[0] == names[1] and repr(plain[0]) == repr(plain[1])


def _changed(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions of a module or of its classes whose code is another; a class that itself is another yields itself."""
    for was, becomes in zip(_inner(old), _inner(new), strict=True):
        if was.co_flags & 0x01:
            if not _same(was, becomes):
                yield was, becomes
        elif _alike(was, becomes):
            yield from _changed(was, becomes)
        else:
            yield was, becomes


def _same(old: CodeType, new: CodeType) -> bool:
    inner = _inner(old), _inner(new)
    return _alike(old, new) and len(inner[0]) == len(inner[1]) and all(map(_same, *inner))


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
