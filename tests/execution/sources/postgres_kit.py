"""A PostgreSQL server of one's own: started in a directory that goes away with it."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD = "shopkeeper", "s3cret-Pa55word"


@dataclass(frozen=True)
class Server:
    """A running server that asks for a password and logs each statement."""

    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"jdbc:postgresql://127.0.0.1:{self.port}/postgres"

    @property
    def properties(self) -> dict[str, str]:
        return {"user": USER, "password": PASSWORD}

    def statements(self) -> list[str]:
        """What clients have sent, oldest first."""
        lines = self.log.read_text().splitlines()
        marks = ("statement: ", "execute <unnamed>: ")
        return [ln.split(m, 1)[1] for ln in lines for m in marks if f"LOG:  {m}" in ln]


def binary(name: str) -> str | None:
    """A program of PostgreSQL, on the path or where Debian puts it."""
    found = shutil.which(name)
    if found:
        return found
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return str(places[0]) if places else None


def unprivileged() -> str | None:
    """The user that runs the server when we are root, who may not."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on a free port; stop it at the end."""
    initdb, postgres, pg_ctl = (binary(n) for n in ("initdb", "postgres", "pg_ctl"))
    assert initdb and postgres and pg_ctl
    user = unprivileged()
    home = Path(tempfile.mkdtemp(prefix="rayspark-pg-"))
    try:
        password = home / "password"
        password.write_text(PASSWORD)
        if user:
            shutil.chown(home, user)
            shutil.chown(password, user)
        data, log = home / "data", home / "log"

        def run(*command: str) -> None:
            done = subprocess.run(
                command, user=user, cwd=home, capture_output=True, text=True, timeout=90,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            )  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr

        run(initdb, "-D", str(data), "-U", USER, "--pwfile", str(password), "-A", "scram-sha-256",
            "-E", "UTF8", "--no-sync")  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = (
            f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c log_statement=all -c fsync=off "
            "-c shared_buffers=16MB"
        )
        run(pg_ctl, "-D", str(data), "-l", str(log), "-w", "-t", "60", "-o", options, "start")
        try:
            yield Server(port, log)
        finally:
            run(pg_ctl, "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
