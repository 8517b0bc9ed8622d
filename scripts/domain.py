"""A domain of Active Directory on this machine, by Samba, for tests and trials; scripts/directory is its command.

A domain is made and filled once and kept in .services/ of the checkout; each start copies it, so that it answers within
two seconds. The ports of a domain controller are fixed (389, 636), so each has an address of its own in 127.0.0.0/8.
"""

import argparse
import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from scripts import domain_people
from scripts.domain_people import BASE, PASSWORD
from scripts.services import READY_SECONDS, SERVICES, Program, alone, fail, run, stop, wait_for

REALM, SHORT_NAME, HOST = "CORP.TEST", "CORP", "dc1"
ADMINISTRATOR, ADMINISTRATOR_PASSWORD = "Administrator@corp.test", "Adm1n-Pass!"
READER = "svc_0@corp.test"
"""An ordinary account, as an administrator gives it to a program that only reads."""

# A program -> the package of Debian that has it; the last ones compile the client's library (extra `directory`).
_SERVER = {
    "samba": "samba samba-ad-dc samba-ad-provision winbind",
    "ldbadd": "ldb-tools",
    "ldapsearch": "ldap-utils",
    "openssl": "openssl",
    "kinit": "krb5-user",
    "/usr/lib/*/sasl2/libgssapiv2.so": "libsasl2-modules-gssapi-mit",
}
_CLIENT = {
    "gcc": "gcc",
    "/usr/include/python3*/Python.h": "python3-dev",
    "/usr/include/ldap.h": "libldap2-dev",
    "/usr/include/sasl/sasl.h": "libsasl2-dev",
}
# Its Python, for which Samba's modules are built.
_PYTHON = "/usr/bin/python3"
# Access lists of the file share need root and a file system that has them; a directory alone does without.
_PROVISION = """\
import sys
import samba.provision
from samba.netcmd.main import cmd_sambatool
samba.provision.setsysvolacl = lambda *args, **kwargs: None
sys.exit(cmd_sambatool()._run("samba-tool", *sys.argv[1:]))
"""
_SETTINGS = """\
[global]
    workgroup = {short_name}
    realm = {realm}
    netbios name = {host}
    server role = active directory domain controller
    server services = ldap, kdc
    interfaces = {address}/8
    bind interfaces only = yes
    private dir = {home}/private
    state directory = {home}/state
    cache directory = {home}/cache
    lock directory = {home}/lock
    pid directory = {home}/run
    ncalrpc dir = {home}/ncalrpc
    binddns dir = {home}/bind-dns
    tls enabled = yes
    tls cafile = {home}/tls/ca.pem
    tls certfile = {home}/tls/cert.pem
    tls keyfile = {home}/tls/key.pem
    ldap server require strong auth = {strong_auth}
[sysvol]
    path = {home}/state/sysvol
[netlogon]
    path = {home}/state/sysvol/corp.test/scripts
"""
# By which Kerberos knows it at its address.
_SERVICE_NAME = """\
dn: CN={host},OU=Domain Controllers,{base}
changetype: modify
add: servicePrincipalName
servicePrincipalName: ldap/{address}
"""
_ATTEMPTS = 20
# Filled domains, of which each start makes a copy.
_TEMPLATES = SERVICES / "domains"


class Controller(Program):
    """The domain controller of a folder."""

    def __init__(self, home: Path) -> None:
        super().__init__(home, "smb.conf")

    @property
    def pid(self) -> int:
        """As of every program; but Samba writes another command line over its own, so it is known by its log."""
        with contextlib.suppress(OSError, ValueError):
            pid = int(self._pid.read_text())
            if Path(f"/proc/{pid}/fd/1").readlink() == self._log:
                return pid
        return 0

    @property
    def address(self) -> str:
        """An address that was free when the domain was made; it stays."""
        file = self.folder / "address"
        if not file.exists():
            file.write_text(_free_address())
        return file.read_text()

    def start(self, *, people: int, hardened: bool) -> None:
        """Starts it, unless it runs. `hardened`: no password without TLS, and a certificate that ends soon."""
        if self.pid:
            return
        is_new = not self._data.exists()
        if is_new:
            self._make_data(people, days=20 if hardened else 3650)
        _configure(self.settings, self._data, self.address, hardened=hardened)
        if is_new:
            self.change(_SERVICE_NAME.format(host=HOST.upper(), base=BASE, address=self.address))
        words = ("samba", "--foreground", "--model=single", "--no-process-group", "--debug-stdout", "-s")
        process = self.launch(*words, str(self.settings))
        wait_for(lambda: self.answers() or process.poll() is not None, READY_SECONDS)
        if not self.answers():
            process.kill()
            process.wait()
            fail(f"the domain controller did not start:\n{self.log()}")

    def answers(self) -> bool:
        question = ("ldapsearch", "-x", "-H", f"ldap://{self.address}", "-o", "nettimeout=2", "-s", "base", "-b", "")
        return subprocess.run([*question, "namingContexts"], capture_output=True, check=False).returncode == 0

    def change(self, ldif: str) -> None:
        """Applies LDIF to the database, at once seen by the controller."""
        _apply(self.settings, self._data, ldif)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _make_data(self, people: int, *, days: int) -> None:
        """Whole or not at all: a start that has failed leaves nothing that the next one takes for its data."""
        made = self.folder / "new data"
        shutil.rmtree(made, ignore_errors=True)
        shutil.copytree(_template(people), made, symlinks=True)
        self._certify(made / "tls", days=days)
        made.rename(self._data)

    def _certify(self, folder: Path, *, days: int) -> None:
        """An authority of its own, and a certificate for the address; `folder`: a new one."""
        folder.mkdir()
        ca, ca_key = folder / "ca.pem", folder / "ca.key"
        made = ("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
        run(*made, "-days", "3650", "-subj", "/CN=Test CA", "-out", ca, "-keyout", ca_key)
        signed = (*made, "-days", days, "-CA", ca, "-CAkey", ca_key, "-extensions", "usr_cert")
        names = f"subjectAltName=IP:{self.address},DNS:{HOST}.corp.test"
        cert, key = folder / "cert.pem", folder / "key.pem"
        run(*signed, "-addext", names, "-subj", f"/CN={HOST}.corp.test", "-out", cert, "-keyout", key)
        for private in (ca_key, key):
            private.chmod(0o600)

    @property
    def config(self) -> str:
        """Lines of configs/AdConfig.txt for it."""
        lines = {
            "adHost": self.address,
            "useSSL": "true",
            "adCaFile": self._data / "tls/ca.pem",
            "adUsername": READER,
            "adPassword": PASSWORD,
            "adBase": BASE,
        }
        return "\n".join(f"{key}={value}" for key, value in lines.items())


def ensure_packages(needed: dict[str, str]) -> None:
    """Root gets what is missing from Debian's packages; others get the command that installs it."""
    missing = [packages for program, packages in needed.items() if not _has(program)]
    if not missing:
        return
    command = ("apt-get", "install", "-y", "--no-install-recommends", *" ".join(missing).split())
    if os.geteuid() or not shutil.which("apt-get"):
        fail(f"this machine lacks packages of Debian; as root: {' '.join(command)}")
    print(f"{Path(sys.argv[0]).name}: installing {' '.join(missing)}", file=sys.stderr, flush=True)
    run("apt-get", "-qq", "update")
    run(*command, environ={"DEBIAN_FRONTEND": "noninteractive"})


def _has(program: str) -> bool:
    """Whether the machine has a program or a file of this pattern."""
    if program.startswith("/"):
        return any(Path("/").glob(program[1:]))
    return bool(shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"))


def _free_address() -> str:
    """An address at which nothing takes the port of LDAP."""
    for _ in range(_ATTEMPTS):
        address = ".".join(["127", *(str(16 + secrets.randbelow(200)) for _ in range(3))])
        try:
            socket.create_server((address, 389)).close()
            return address
        except PermissionError:
            fail("ports below 1024 need root: give your command to `scripts/directory run`, which makes a network")
        except OSError:
            continue
    fail(f"none of {_ATTEMPTS} addresses of 127.0.0.0/8 has a free port 389")


def _configure(settings: Path, home: Path, address: str, *, hardened: bool = False) -> None:
    words = {"short_name": SHORT_NAME, "realm": REALM, "host": HOST.upper(), "address": address, "home": home}
    settings.write_text(_SETTINGS.format(**words, strong_auth="yes" if hardened else "no"))


def _template(people: int) -> Path:
    """The folder of a filled domain, made on first use."""
    sources = (Path(__file__), Path(domain_people.__file__))
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()[:8]
    template = _TEMPLATES / f"{people}-{digest}"
    with alone(_TEMPLATES):
        ensure_packages(_SERVER)
        for left in _TEMPLATES.glob("new.*"):  # of a start that was killed
            shutil.rmtree(left)
        if not template.exists():
            for outdated in _TEMPLATES.glob(f"{people}-*"):
                shutil.rmtree(outdated)
            with tempfile.TemporaryDirectory(prefix="new.", dir=_TEMPLATES) as name:
                made = Path(name) / "domain"
                _make(made, people)
                made.rename(template)
    return template


def _make(home: Path, people: int) -> None:
    """Provisions a domain and adds people to its database; nothing has to run for that."""
    home.mkdir()
    print(f"{Path(sys.argv[0]).name}: making a domain of {people} people", file=sys.stderr, flush=True)
    words = (f"--targetdir={home}", f"--realm={REALM}", f"--domain={SHORT_NAME}", "--server-role=dc")
    more = ("--dns-backend=NONE", f"--host-name={HOST}", "--host-ip=127.0.0.1", f"--adminpass={ADMINISTRATOR_PASSWORD}")
    run(_PYTHON, "-c", _PROVISION, "domain", "provision", *words, *more)
    for folder in ("cache", "lock", "run"):
        (home / folder).mkdir(exist_ok=True)
    settings = home / "smb.conf"
    _configure(settings, home, "127.0.0.1")
    policy = ("--complexity=off", "--history-length=0", "--min-pwd-age=0", "--max-pwd-age=0")
    locking = ("--account-lockout-threshold=3", "--account-lockout-duration=30")
    database = ("-H", _database(home), f"--configfile={settings}")
    run("samba-tool", "domain", "passwordsettings", "set", *database, *policy, *locking)
    _apply(settings, home, domain_people.ldif(people), "ldbadd")
    _apply(settings, home, domain_people.circle())
    settings.unlink()


def _database(home: Path) -> Path:
    return home / "private/sam.ldb"


def _apply(settings: Path, home: Path, ldif: str, program: str = "ldbmodify") -> None:
    """Applies LDIF: ldbadd in one transaction, ldbmodify each entry in one of its own."""
    with tempfile.NamedTemporaryFile("w", suffix=".ldif") as file:
        file.write(ldif)
        file.flush()
        words = (program, "-H", str(_database(home)), f"--configfile={settings}", file.name)
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    # Its exit code is that of the last entry.
    if done.returncode or "failed" in done.stdout + done.stderr:
        fail(f"the database of the domain refuses an entry:\n{done.stdout}{done.stderr}")


def _run(home: Path, people: int, command: list[str]) -> None:
    """Runs a command beside a domain of its own; an ordinary user in a network of his own."""
    if os.geteuid():
        inside = ("unshare", "--user", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")
        os.execvp(inside[0], [*inside, sys.executable, *sys.argv])
    controller = Controller(home)
    try:
        with alone(home):
            controller.start(people=people, hardened=False)
        done = subprocess.run(command, env={**os.environ, "ETL_TEST_DIRECTORY": str(home)}, check=False)
    finally:
        stop([controller])
    sys.exit(done.returncode)


def main(description: str) -> None:
    """The command line."""
    # A test's data may be lost with the machine; Samba and its tools look at this.
    os.environ["TDB_NO_FSYNC"] = "1"
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=SERVICES / "directory", help="folder of its data, log and pid")
    parser.add_argument("--people", type=int, default=300, help="how many people a new domain has")
    parser.add_argument("--hardened", action="store_true", help="no password without TLS")
    parser.add_argument("verb", choices=("start", "stop", "next-day", "packages", "run"))
    parser.add_argument("command", nargs=argparse.REMAINDER, help="of run")
    options = parser.parse_args()
    home = options.home.resolve()
    if options.verb == "packages":
        with alone(_TEMPLATES):
            ensure_packages(_CLIENT)
        return
    home.mkdir(parents=True, exist_ok=True)
    if options.verb == "run":
        _run(home, options.people, options.command)
    controller = Controller(home)
    with alone(home):
        if options.verb == "start":
            controller.start(people=options.people, hardened=options.hardened)
            print(controller.config)
        elif options.verb == "next-day":
            controller.change(domain_people.next_day())
        else:
            stop([controller])
