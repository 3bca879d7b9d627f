"""Which file system a path is on: SQLite is not safe on those of a network."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")  # proc_pid_mountinfo(5)
_NETWORK = {
    "afs", "beegfs", "ceph", "cifs", "coda", "gfs", "gfs2", "glusterfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs",
    "fuse.blobfuse2", "fuse.ceph-fuse", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone",
    "fuse.s3fs", "fuse.sshfs",
}  # fmt: skip


def network_file_system(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of the network file system that holds the path; None for a local one.

    None too where the system does not say, as outside Linux.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    kind, longest = "", -1
    for line in lines:
        point, found = _mount(line)
        # The later of two mounts on one point hides the earlier.
        if path.resolve().is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = found, len(point.parts)
    return kind if kind in _NETWORK else None


def _mount(line: str) -> tuple[Path, str]:
    """Where a mount is, and its file system's kind."""
    mount, _, source = line.partition(" - ")
    point = mount.split(" ")[4].replace("\\040", " ")
    return Path(point), source.split(" ")[0]
