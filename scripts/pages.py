"""Makes the site of the pages in build/site: `python -m scripts.pages`.

mkdocs takes pages from one folder, so README, CONTRIBUTING, SECURITY and CHANGELOG are copied beside those of docs/,
and links are rewritten; a link to code becomes plain text. Scripts that the theme would fetch when a page is read
come with the site: they are fetched once into .services/.
"""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from scripts.postgresql import ServiceError, npm

CHECKOUT = Path(__file__).resolve().parent.parent
BUILD, SERVICES = CHECKOUT / "build", CHECKOUT / ".services"
# Pages outside of docs/, and what they are called in the site.
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "SECURITY.md": "SECURITY.md",
    "CHANGELOG.md": "CHANGELOG.md",
}


@dataclass(frozen=True)
class Script:
    """A file of a package of npm, whose archive must have that digest; `replaces`: the address in the theme."""

    package: str
    member: str
    sha512: str
    replaces: str = ""


# Draws diagrams; makes the search work in pages that are opened as files.
SCRIPTS = {
    "mermaid.min.js": Script(
        "mermaid@11.17.2",
        "dist/mermaid.min.js",
        "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg==",
    ),
    "iframe-worker.js": Script(
        "iframe-worker@1.0.4",
        "shim/index.js",
        "roeaaI+Lg1LJNfgpCjoRe/+WzEjy9+Z08LoEvu85MCPbBjwm+qXz8Ag5U05lHa6V1CysZyGzE0SOkAtSUA5q7Q==",
        "https://unpkg.com/iframe-worker/shim",
    ),
}
SECONDS = 600
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^]]*)\]\((?P<target>[^)\s]+)\)")
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.MULTILINE | re.DOTALL)
# In an attribute that a browser follows by itself.
_FETCHED = re.compile(r"""<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=["']?(https?://[^"'\s>]+)""")


def main() -> None:
    try:
        pages = BUILD / "pages"
        write(pages)
        for name, script in SCRIPTS.items():
            shutil.copy(fetched(name, script), pages / "assets" / name)
        build()
    except ServiceError as error:
        sys.exit(f"pages: {error}")


def write(folder: Path) -> None:
    """The pages as the site has them."""
    shutil.rmtree(folder, ignore_errors=True)
    for source in sources():
        target = folder / site_path(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            target.write_text(rewritten(source), encoding="utf-8")
        else:
            shutil.copy(source, target)
    (folder / "assets").mkdir()


def sources() -> list[Path]:
    """Pages and pictures."""
    inside = (path for path in sorted((CHECKOUT / "docs").rglob("*")) if path.is_file())
    return [*(CHECKOUT / name for name in OUTSIDE), *inside]


def site_path(source: Path) -> str:
    """Where a file of the checkout is in the site; empty: it is not there."""
    path = source.relative_to(CHECKOUT)
    if path.parts[0] == "docs" and source.is_file():
        return str(path.relative_to("docs"))
    return OUTSIDE.get(str(path), "")


def rewritten(source: Path) -> str:
    """A page whose links lead to pages of the site."""
    own = os.path.dirname(site_path(source))

    def link(found: re.Match[str]) -> str:
        path, mark, anchor = found["target"].partition("#")
        if not path or ":" in path:
            return found[0]
        target = (source.parent / path).resolve()
        if not target.exists():
            return found[0]  # which mkdocs reports
        if not (location := site_path(target)):
            return found["text"]
        return f"{found['image']}[{found['text']}]({os.path.relpath(location, own or '.')}{mark}{anchor})"

    parts = _FENCED.split(source.read_text(encoding="utf-8"))
    return "".join(part if number % 2 else _LINK.sub(link, part) for number, part in enumerate(parts))


def navigation(nav: list[Any]) -> list[Any]:
    """With the pages of a folder where the folder is named."""
    return [one for entry in nav for one in _expanded(entry)]


def _expanded(entry: Any) -> Iterator[Any]:
    if isinstance(entry, dict):
        yield {name: navigation(below) if isinstance(below, list) else below for name, below in entry.items()}
    elif entry.endswith("/"):
        yield from (f"{entry}{page.name}" for page in sorted((CHECKOUT / "docs" / entry).glob("*.md")))
    else:
        yield entry


def fetched(name: str, script: Script) -> Path:
    """The script, fetched if need be; another content under the package's name is refused."""
    file = SERVICES / f"{script.package}.{name}"
    if file.is_file():
        return file
    SERVICES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=SERVICES) as temporary:
        folder = Path(temporary)
        run(*npm(folder), "pack", "--silent", "--pack-destination", temporary, script.package)
        [archive] = folder.glob("*.tgz")
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != script.sha512:
            raise ServiceError(f"{script.package} is not what it was: its sha512 is {digest}")
        with tarfile.open(archive) as packed:
            content = packed.extractfile(f"package/{script.member}")
            assert content is not None
            (folder / "script").write_bytes(content.read())
        (folder / "script").rename(file)
    return file


def build() -> None:
    """Calls mkdocs, for which every warning is a fault. Raises ServiceError where a page would fetch something."""
    before, _, below = (CHECKOUT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")
    nav = {"nav": navigation(yaml.safe_load(below))}
    configuration = BUILD / "mkdocs.yml"
    text = before.replace(": build/", ": ") + "\n" + yaml.safe_dump(nav, sort_keys=False)
    configuration.write_text(text, encoding="utf-8")
    run(sys.executable, "-m", "mkdocs", "build", "--strict", "--clean", "--config-file", str(configuration))
    site = BUILD / "site"
    pages = sorted(site.rglob("*.html"))
    for page in pages:
        bring_along(page, site)
    print(f"{len(pages)} pages: {site / 'index.html'}")


def bring_along(page: Path, site: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name, script in SCRIPTS.items():
        if script.replaces:
            text = text.replace(script.replaces, os.path.relpath(site / "assets" / name, page.parent))
    if foreign := _FETCHED.findall(text):
        raise ServiceError(f"{page} would fetch {', '.join(foreign)}: let the site bring it along")
    page.write_text(text, encoding="utf-8")


def run(*command: str) -> None:
    """A command whose output is shown only when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServiceError(f"{command[0]}: {error}") from error
    if done.returncode:
        raise ServiceError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
