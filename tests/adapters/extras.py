"""Programs that find nothing of what the extras of the package bring."""

import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

from tools import ROOT


def modules_of_extras() -> set[str]:
    """Return what can be imported because an extra is there, and what comes along unseen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {item.partition(">")[0] for extra in project["optional-dependencies"].values() for item in extra}
    named = {
        module
        for module, packages in packages_distributions().items()
        if wanted & {package.lower().replace("_", "-") for package in packages}
    }
    return named | {"Crypto", "requests"}


def without_extras(program: str, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a program that finds nothing of what the extras bring."""
    absent = f"import sys; sys.modules.update(dict.fromkeys({sorted(modules_of_extras())}))"
    command = [sys.executable, "-c", f"{absent}{program}", *arguments]
    return subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
