"""Web servers under measurement: gunicorn as `make serve` starts it, two workers of four threads; product or floor."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings import ROOT

PRODUCT, FLOOR = "wsgi:app", "bench.floor:create_app()"


@dataclass
class Server:
    """A running server."""

    port: int
    pid: int

    def load(self, script: str, clients: int, items: list[Any]) -> tuple[float, list[float]]:
        """Runs the script once per item; returns total seconds, and seconds of each."""
        plan = {"port": self.port, "script": script, "clients": clients, "items": items}
        done = subprocess.run(
            [sys.executable, "-m", "bench.load"], cwd=ROOT, input=json.dumps(plan), capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"the load ended: {done.stderr.strip()}")
        report = json.loads(done.stdout)
        return report["seconds"], report["latencies"]

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]

    def resident(self) -> list[float]:
        """Resident megabytes (VmRSS, 10⁶ bytes) of each worker."""
        sizes = []
        for pid in self.workers():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    sizes.append(int(line.split()[1]) * 1024 / 1e6)
        return sizes


@contextmanager
def served(app: str, url: str, files: Path, pattern: Path) -> Iterator[Server]:
    """Serves `app` on a free port until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    files.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "XIAOHAO_ENV": "production",
        "XIAOHAO_DATABASE_URL": url,
        "XIAOHAO_FILES": str(files),
        "XIAOHAO_SECRET_KEY": secrets.token_hex(32),
        "XIAOHAO_DATA_KEY": secrets.token_hex(32),
        "BENCH_PATTERN": str(pattern),
    }
    command = [
        str(Path(sys.executable).parent / "gunicorn"),
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
        app,
    ]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _await(port, process)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("the server did not start")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            # The master listens before its workers have loaded the app.
            time.sleep(3)
            return
    raise SystemExit("the server does not answer")
