"""A Redis of a test's own, from Debian's packages, on a port of 127.0.0.1."""

import contextlib
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.installation import free_port
from tests.support.waiting import ended, wait_until


@dataclass
class Redis:
    """A server that keeps nothing on disk; its process may be killed and frozen."""

    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self.process = subprocess.Popen(
            ["redis-server", *options, "--dir", tempfile.gettempdir()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        wait_until("Redis answers", self._answers)

    def kill(self) -> None:
        assert self.process
        self.process.kill()
        self.process.wait()

    def freeze(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def forget_all(self) -> None:
        assert self._says(b"FLUSHALL") == b"+OK"

    def _answers(self) -> bool:
        with contextlib.suppress(OSError):
            return self._says(b"PING") == b"+PONG"
        return False

    def _says(self, command: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
            connection.sendall(command + b"\r\n")
            return connection.recv(100).strip()


@contextlib.contextmanager
def running_redis() -> Iterator[Redis]:
    redis = Redis()
    redis.start()
    try:
        yield redis
    finally:
        assert redis.process
        redis.thaw()
        with ended(redis.process):
            redis.process.terminate()
