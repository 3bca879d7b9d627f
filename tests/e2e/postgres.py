"""A PostgreSQL of a test's own, from Debian's packages, on a port of 127.0.0.1."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.installation import free_port

PASSWORD = "open-sesame"


@dataclass(frozen=True)
class Postgres:
    """A cluster in a directory; it asks for a password."""

    directory: Path
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"postgresql://digits:{PASSWORD}@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        secret = self.directory / "secret"
        secret.write_text(PASSWORD)
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            for path in (self.directory, secret):
                shutil.chown(path, "postgres")
        options = ["--auth=scram-sha-256", "--username=digits", f"--pwfile={secret}"]
        self._run("initdb", *options, "--no-sync", f"--pgdata={self._data}")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.directory} -h 127.0.0.1 -F"
        log = self.directory / "log"
        self._run(
            "pg_ctl", "start", "-w", f"-D{self._data}", f"-l{log}", f"-o{options}"
        )

    def stop(self) -> None:
        """As if its machine were switched off."""
        self._run("pg_ctl", "stop", "-w", "-mimmediate", f"-D{self._data}")

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _run(self, program: str, *options: str) -> None:
        as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*as_user, _installed(program), *options],
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
        )


def _installed(program: str) -> str:
    """Debian keeps the programs of each release in a directory of its own."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places = os.pathsep.join([os.environ["PATH"], *map(str, newest_first)])
    return shutil.which(program, path=places) or program


@contextlib.contextmanager
def running_postgres() -> Iterator[Postgres]:
    """One that is up; nothing of it is left after the block."""
    # Not below pytest's directory, which only its own user may enter.
    with tempfile.TemporaryDirectory(prefix="digits-postgres-") as directory:
        postgres = Postgres(Path(directory))
        postgres.create()
        postgres.start()
        try:
            yield postgres
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # is it down?
                postgres.stop()
