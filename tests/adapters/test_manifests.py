"""What the manifests name is there, and what is wired comes from an adapter that says so."""

import tomllib
from importlib import import_module
from importlib.util import find_spec

import pytest

from tools import ROOT
from tools.docs import manifests
from vigie import ports
from vigie.ports import Manifest
from vigie.runtime import registry

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_every_adapter_has_a_manifest_named_as_its_folder() -> None:
    folders = [path.parent.name for path in sorted((ROOT / "src/vigie/adapters").glob("*/__init__.py"))]

    assert [manifest.key for manifest in manifests()] == folders


@pytest.mark.parametrize("manifest", list(manifests()), ids=lambda manifest: manifest.key)
def test_what_a_manifest_names_is_there(manifest: Manifest) -> None:
    client = import_module(f"vigie.adapters.{manifest.key}.client")

    assert manifest.ports
    assert all(getattr(getattr(ports, port), "_is_protocol", False) for port in manifest.ports)
    assert manifest.extra is None or manifest.extra in EXTRAS
    assert manifest.simulator is None or find_spec(manifest.simulator)
    assert (client.__doc__ or "").startswith(f"The port {manifest.ports[0]}:")


def test_every_port_that_is_provided_has_an_adapter() -> None:
    named = {getattr(ports, port) for manifest in manifests() for port in manifest.ports}

    assert {port for port, _ in registry._factories if port is not ports.Analyst} == named
