import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from pytest_django.fixtures import Settings

from vigie.adapters.whisper.hub import HuggingFaceHub
from vigie.ports import ModelHub
from vigie.runtime import registry
from vigie.simulators.hub import HubServer, Repository
from vigie.speech.modelstore import NotHere, UnknownModel

FILES = {"model.bin": b"w" * 2_000_000, "config.json": b"{}", "tokenizer.json": b"{}"}


@pytest.fixture(autouse=True)
def models(settings: Settings, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"model": "base", "offline": False})
    return tmp_path


@pytest.fixture
def hub() -> Iterator[HubServer]:
    former = registry.current(ModelHub)
    with HubServer(Repository("Systran/faster-whisper-tiny", FILES)) as server:
        registry.provide(ModelHub, lambda: HuggingFaceHub(server.url))
        yield server
    registry.provide(ModelHub, former) if former else registry.withdraw(ModelHub)


def run(*arguments: str) -> list[str]:
    printed = StringIO()
    call_command("models", *arguments, stdout=printed)
    return printed.getvalue().splitlines()


def test_the_list_says_what_to_do_and_what_is_used(hub: HubServer) -> None:
    run("get", "tiny")

    assert run("list")[:3] == [
        "tiny             2 MB   here",
        "base           148 MB   vigie models get base   (VIGIE_MODEL)",
        "small          486 MB   vigie models get small",
    ]


def test_the_list_as_json_is_one_object_a_model(hub: HubServer) -> None:
    assert [json.loads(line) for line in run("list", "--json")][1] == {
        "name": "base",
        "size_bytes": 148_000_000,
        "is_here": False,
        "is_used": True,
    }


def test_a_model_is_fetched_once(hub: HubServer, models: Path) -> None:
    assert run("get", "tiny") == ["The model tiny is ready."]
    assert run("get", "tiny") == ["The model tiny is here already."]
    assert (models / "tiny" / "model.bin").read_bytes() == FILES["model.bin"]


def test_a_model_is_removed(hub: HubServer, models: Path) -> None:
    run("get", "tiny")

    assert run("remove", "tiny") == ["Removed tiny: 2 MB freed."]
    assert list(models.iterdir()) == []


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(UnknownModel):
        run("get", "gigantic")


def test_what_is_not_here_cannot_be_removed() -> None:
    with pytest.raises(NotHere):
        run("remove", "base")
