"""What is installed without any extra of the package: adapters are imported all the same, and media plays."""

import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

from tools import ROOT

IMPORT_ALL = """
import sys
sys.modules.update(dict.fromkeys(sys.argv[1:]))
from importlib import import_module
from pkgutil import walk_packages
import vigie.adapters
for module in walk_packages(vigie.adapters.__path__, "vigie.adapters."):
    if module.name not in {"vigie.adapters.whisper.hub", "vigie.adapters.whisper.model"}:
        import_module(module.name)
        print(module.name)
"""
"""The two left out are imported on first use, where their absence is told."""


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


def test_adapters_need_no_extra_to_be_imported() -> None:
    absent = sorted(modules_of_extras())
    told = subprocess.run([sys.executable, "-c", IMPORT_ALL, *absent], capture_output=True, text=True, check=False)

    assert {"streamlink", "faster_whisper", "pocketsphinx", "huggingface_hub"} <= set(absent)
    assert told.returncode == 0, told.stderr
    assert "vigie.adapters.web.client" in told.stdout
