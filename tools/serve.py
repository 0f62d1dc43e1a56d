"""Demo server (`make serve`): settles a demo county if the database is empty, then runs web and worker until Ctrl-C."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import inspect, select

from models import Village
from models.engine import make_engine, reading
from settings import ROOT, settings

BIN = Path(sys.executable).parent


def main() -> int:
    port = os.environ.get("PORT", "8000")
    accounts = ROOT / "var" / "demo-accounts.txt"
    if _empty():
        _make_demo(accounts)
    if accounts.exists():
        sys.stdout.write(f"Demo accounts (role, name, password), kept in {accounts.relative_to(ROOT)}:\n")
        sys.stdout.write(accounts.read_text(encoding="utf-8"))
    sys.stdout.write(f"Open http://localhost:{port} — Ctrl-C ends it.\n")
    sys.stdout.flush()
    web = [
        str(BIN / "gunicorn"),
        "--no-control-socket",
        "-k",
        "gthread",
        "-w",
        "2",
        "--threads",
        "4",
        "-b",
        f"127.0.0.1:{port}",
        "--log-level",
        "warning",
        "wsgi:app",
    ]
    running = [
        subprocess.Popen(web, cwd=ROOT),
        subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT),
    ]

    asked = False

    def ask(*_: object) -> None:
        nonlocal asked
        asked = True
        stop()

    def stop() -> None:
        for process in running:
            if process.poll() is None:
                process.terminate()

    signal.signal(signal.SIGTERM, ask)
    try:
        # When one process ends, the other is ended: neither is useful alone.
        while all(process.poll() is None for process in running):
            try:
                running[0].wait(1)
            except subprocess.TimeoutExpired:
                continue
    except KeyboardInterrupt:
        asked = True
    stop()
    codes = [process.wait() for process in running]
    # A process that ended by itself is an error, with any exit code.
    return 0 if asked else max(1, *codes)


def _make_demo(accounts: Path) -> None:
    """Make the demo county and keep its accounts in a file that only this user reads."""
    sys.stdout.write("Settling a demo county and letting it live for 60 days; this takes one to two minutes.\n")
    sys.stdout.flush()
    made = subprocess.run(
        [BIN / "flask", "--app", "wsgi", "demo"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    accounts.write_text(made.stdout, encoding="utf-8")
    accounts.chmod(0o600)


def _empty() -> bool:
    url = settings().database_url
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url, settings().data_key)
    try:
        if not inspect(engine).has_table("village"):
            return True
        with reading(engine) as session:
            return session.scalar(select(Village.id).limit(1)) is None
    finally:
        engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
