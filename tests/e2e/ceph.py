"""Ceph's S3 gateway from Debian's packages: a monitor, a store in memory, a gateway."""

import contextlib
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from tests.support.installation import free_port
from tests.support.waiting import ended, wait_until

ACCESS_KEY, SECRET_KEY = "digits", "not-a-secret"

_SETTINGS = """\
[global]
fsid = {cluster}
mon_host = v1:127.0.0.1:{port}
ms_bind_msgr2 = false
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {directory}
crash_dir = {directory}
admin_socket = {directory}/$name.asok
pid_file = {directory}/$name.pid
log_file = {directory}/$name.log
mon_cluster_log_file = {directory}/cluster.log
mon_data = {directory}/monitor
mon_data_avail_crit = 1
mon_allow_pool_size_one = true
osd_data = {directory}/objects
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
# Whoever asks the monitor before it has sent its map is refused ("wrong fsid"), which
# happens on a busy machine: a command is repeated, and the daemon asks nothing.
osd_class_update_on_start = false
osd_crush_update_on_start = false
"""


@dataclass
class Ceph:
    """A cluster of one process of each kind, in a directory of its own."""

    directory: Path
    gateway: subprocess.Popen[bytes] | None = None
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def freeze(self) -> None:
        assert self.gateway
        self.gateway.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.gateway
        self.gateway.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        cluster, port = str(uuid4()), free_port()
        (self.directory / "monitor").mkdir()
        (self.directory / "objects").mkdir()
        settings = _SETTINGS.format(
            cluster=cluster, port=port, directory=self.directory
        )
        (self.directory / "ceph.conf").write_text(settings)
        address = f"[v1:127.0.0.1:{port}/0]"
        self._do("monmaptool", "--create", "--addv", "a", address, "map", bare=True)
        self._do("monmaptool", "--fsid", cluster, "map", bare=True)
        self._do("ceph-mon", "-i", "a", "--mkfs", "--monmap", "map")
        with self._process("ceph-mon", "-i", "a", "-f"):
            number = str(uuid4())
            wait_until("a store is known", lambda: self._knows(number))
            self._do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", number)
            with self._process("ceph-osd", "-i", "0", "-f"):
                wait_until("objects can be stored", self._stores)
                with self._serving():
                    yield

    @contextlib.contextmanager
    def _serving(self) -> Iterator[None]:
        keys = ("--access-key", ACCESS_KEY, "--secret", SECRET_KEY)
        who = ("--uid", "digits", "--display-name", "digits")
        self._do("radosgw-admin", "user", "create", *who, *keys)
        listening = f"beast endpoint=127.0.0.1:{self.port}"
        options = ("-n", "client.rgw", "-f", "--rgw-frontends", listening)
        with self._process("radosgw", *options) as self.gateway:
            wait_until("the gateway answers", self._answers)
            yield
            self.thaw()

    def _knows(self, number: str) -> bool:
        place = ("osd", "crush", "add", "osd.0", "1", "root=default")
        try:
            self._do("ceph", "osd", "new", number)
            self._do("ceph", *place)
        except subprocess.CalledProcessError:
            return False
        return True

    def _stores(self) -> bool:
        try:
            return "1 up" in self._do("ceph", "osd", "stat")
        except subprocess.CalledProcessError:
            return False

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.url, timeout=5).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _do(self, *command: str, bare: bool = False) -> str:
        done = subprocess.run(
            self._line(*command, bare=bare),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return done.stdout

    @contextlib.contextmanager
    def _process(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        process = subprocess.Popen(
            self._line(*command),
            cwd=self.directory,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with ended(process):
            yield process

    def _line(self, program: str, *options: str, bare: bool = False) -> list[str]:
        return [program, *([] if bare else ["-c", "ceph.conf"]), *options]


@contextlib.contextmanager
def running_ceph() -> Iterator[Ceph]:
    """A gateway without a bucket."""
    with tempfile.TemporaryDirectory(prefix="digits-ceph-") as directory:
        ceph = Ceph(Path(directory))
        with ceph.running():
            yield ceph
