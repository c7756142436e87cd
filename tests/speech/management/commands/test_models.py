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
from vigie.speech.management.commands.models import offer
from vigie.speech.modelstore import NotHere, UnknownModel

FILES = {"model.bin": b"w" * 2_000_000, "config.json": b"{}", "tokenizer.json": b"{}"}


@pytest.fixture(autouse=True)
def models(settings: Settings, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"model": "base", "recognizer": "auto", "offline": False})
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


class Terminal(StringIO):
    """Somebody who types, and reads."""

    def isatty(self) -> bool:
        return True


def offered(monkeypatch: pytest.MonkeyPatch, answer: str) -> str:
    """Offer the missing model to somebody who gives that answer; return what was shown."""
    shown = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    monkeypatch.setattr("sys.stderr", shown)
    offer()
    return shown.getvalue()


@pytest.mark.parametrize(("answer", "is_fetched"), [("y", True), ("", False), ("n", False)])
def test_a_missing_model_is_offered_on_a_terminal(
    hub: HubServer, models: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, answer: str, *, is_fetched: bool
) -> None:
    settings.OPTIONS.model = "tiny"

    assert "No speech model is installed. Fetch tiny, 78 MB? [y/N]" in offered(monkeypatch, answer)
    assert (models / "tiny" / "model.bin").is_file() == is_fetched


@pytest.mark.parametrize("name", ["base", "large-v3"])
def test_trouble_with_what_was_offered_is_told(
    hub: HubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    settings.OPTIONS.model = name

    assert f"There is no model Systran/faster-whisper-{name} at {hub.url}." in offered(monkeypatch, "y")


@pytest.mark.parametrize("change", [{"offline": True}, {"model": "mine"}, {"recognizer": "none"}, {"model": "tiny"}])
def test_nothing_is_offered_where_it_makes_no_sense(
    hub: HubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    run("get", "tiny")
    settings.OPTIONS = settings.OPTIONS.model_copy(update=change)

    assert offered(monkeypatch, "y") == ""


def test_nobody_is_asked_without_a_terminal(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))

    offer()

    assert list(models.iterdir()) == []
