from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from vigie.adapters.whisper.hub import HuggingFaceHub
from vigie.ports import ModelHub
from vigie.runtime import registry
from vigie.simulators.hub import HubServer, Repository
from vigie.speech import modelstore
from vigie.speech.modelstore import Entry, FetchForbidden, NotFetched, NotHere, UnknownModel

FILES = {"model.bin": b"w" * 150_000, "config.json": b"{}", "tokenizer.json": b"{}"}


@pytest.fixture
def models(settings: Settings, tmp_path: Path) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"model": "base", "offline": False})
    return tmp_path / "models"


@pytest.fixture
def hub() -> Iterator[HubServer]:
    former = registry.current(ModelHub)
    with HubServer(Repository("Systran/faster-whisper-base", FILES)) as server:
        registry.provide(ModelHub, lambda: HuggingFaceHub(server.url))
        yield server
    registry.provide(ModelHub, former) if former else registry.withdraw(ModelHub)


def put(folder: Path, **files: bytes) -> None:
    folder.mkdir(parents=True)
    for name, body in (files or {"model.bin": b"12345"}).items():
        (folder / name.replace("_", ".")).write_bytes(body)


def nobody(_there: int, _total: int) -> None:
    """Look at no progress."""


# ── list ──


def test_without_any_model_the_offers_are_listed(models: Path) -> None:
    listed = modelstore.listed()

    assert [entry.name for entry in listed] == ["tiny", "base", "small", "medium", "large-v3"]
    assert not any(entry.is_here for entry in listed)
    assert [entry.name for entry in listed if entry.is_used] == ["base"]


def test_what_is_here_is_listed_with_its_size(models: Path) -> None:
    put(models / "base")
    put(models / "mine", model_bin=b"123", config_json=b"{}")

    listed = {entry.name: entry for entry in modelstore.listed()}

    assert listed["base"] == Entry("base", 5, is_here=True, is_used=True)
    assert listed["mine"] == Entry("mine", 5, is_here=True, is_used=False)


def test_half_a_model_is_not_here(models: Path) -> None:
    put(models / "small", config_json=b"{}")
    put(models / "stray", config_json=b"{}")

    listed = {entry.name: entry.is_here for entry in modelstore.listed()}

    assert listed["small"] is False
    assert "stray" not in listed


# ── get ──


def test_a_model_is_fetched_into_its_folder(models: Path, hub: HubServer) -> None:
    told: list[tuple[int, int]] = []

    assert modelstore.get("base", lambda there, total: told.append((there, total))) is True
    assert {path.name: path.read_bytes() for path in (models / "base").iterdir()} == FILES
    assert told[-1] == (150_004, 150_004)


def test_a_model_that_is_here_is_not_fetched_again(models: Path, hub: HubServer) -> None:
    put(models / "base")

    assert modelstore.get("base", nobody) is False
    assert hub.requests == []


def test_an_unknown_name_is_told_with_the_known_ones(models: Path) -> None:
    with pytest.raises(
        UnknownModel, match=r"no speech model 'huge': choose from tiny, base, small, medium, large-v3\."
    ):
        modelstore.get("huge", nobody)


def test_offline_nothing_is_fetched(models: Path, hub: HubServer, settings: Settings) -> None:
    settings.OPTIONS = settings.OPTIONS.model_copy(update={"offline": True})

    with pytest.raises(FetchForbidden, match=f"VIGIE_OFFLINE .*{models / 'base'}"):
        modelstore.get("base", nobody)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        (lambda hub: hub.refuse(*[503] * 8), "status 503"),
        (lambda hub: hub.spoil("model.bin"), "came damaged; try again"),
    ],
)
def test_trouble_with_the_hub_is_one_line(
    models: Path, hub: HubServer, trouble: Callable[[HubServer], None], told: str
) -> None:
    trouble(hub)

    with pytest.raises(NotFetched, match=told) as caught:
        modelstore.get("base", nobody)

    assert "\n" not in str(caught.value)
    assert not any(entry.is_here for entry in modelstore.listed())


def test_without_the_extra_it_says_what_to_install(models: Path, hub: HubServer) -> None:
    def absent() -> ModelHub:
        raise ImportError("No module named 'huggingface_hub'")

    registry.provide(ModelHub, absent)

    with pytest.raises(NotFetched, match=r"pip install 'vigie\[whisper\]'"):
        modelstore.get("base", nobody)


# ── remove ──


def test_a_removed_model_is_gone(models: Path) -> None:
    put(models / "base", model_bin=b"123", config_json=b"{}")

    assert modelstore.remove("base") == 5
    assert not (models / "base").exists()


def test_what_came_of_a_broken_fetch_can_be_removed(models: Path) -> None:
    put(models / "base", config_json=b"{}")

    assert modelstore.remove("base") == 2


def test_a_link_to_a_model_is_removed_and_the_model_stays(models: Path) -> None:
    put(models.parent / "mine")
    models.mkdir()
    (models / "linked").symlink_to(models.parent / "mine")

    assert modelstore.remove("linked") == 0
    assert list(models.iterdir()) == []
    assert (models.parent / "mine" / "model.bin").exists()


@pytest.mark.parametrize("name", ["base", "../secrets", ".", "", "base/.."])
def test_only_models_can_be_removed(models: Path, name: str) -> None:
    put(models.parent / "secrets")
    put(models / "small")

    with pytest.raises(NotHere, match="no speech model"):
        modelstore.remove(name)

    assert (models.parent / "secrets" / "model.bin").exists()
    assert (models / "small" / "model.bin").exists()
