"""A clean machine in a folder, without network: what is installed there is all that it has."""

import subprocess
import tarfile
from pathlib import Path

from scripts.packages.steps import need

# The root gets its own processes, memory and loopback address, and nothing of the network.
_ENTER = """\
set -e
root=$1
shift
ip link set lo up
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
mkdir -p "$root/dev/pts"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -sf pts/ptmx "$root/dev/ptmx"
for device in null zero random urandom; do
    [ -e "$root/dev/$device" ] || touch "$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device"
done
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 chroot "$root" "$@"
"""


def unpack(archive: Path, root: Path) -> Path:
    """A root of `roots.bootstrap` as a folder; the devices are those of this machine."""
    with tarfile.open(archive) as tar:
        members = [one for one in tar if not one.ischr() and not one.isblk()]
        tar.extractall(root, members, filter="fully_trusted")
    return root


def run_in(root: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Runs a command as root of that machine; needs root here."""
    entering = (need("unshare", "util-linux"), "--mount", "--pid", "--fork", "--net", "sh", "-c", _ENTER, "enter")
    return subprocess.run([*entering, root, *command], capture_output=True, text=True, check=False)
