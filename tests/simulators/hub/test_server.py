from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from huggingface_hub import snapshot_download
from huggingface_hub.utils.tqdm import disable_progress_bars

from vigie.simulators.hub import HubServer, Repository

MODEL = b"weights" * 40_000
REPOSITORY = Repository("a/model", {"model.bin": MODEL, "config.json": b"{}"})


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(REPOSITORY) as hub:
        yield hub


def test_the_real_client_takes_a_snapshot(hub: HubServer, tmp_path: Path) -> None:
    disable_progress_bars()

    snapshot_download("a/model", local_dir=tmp_path / "here", cache_dir=tmp_path, endpoint=hub.url, token=False)

    assert (tmp_path / "here" / "model.bin").read_bytes() == MODEL
    assert (tmp_path / "here" / "config.json").read_bytes() == b"{}"
    assert hub.requests[:2] == [
        "GET /api/models/a/model/revision/main",
        f"GET /api/models/a/model/tree/{REPOSITORY.commit}",
    ]


def test_large_files_lie_on_another_host(hub: HubServer) -> None:
    answer = httpx.get(f"{hub.url}/a/model/resolve/main/model.bin")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{hub.store_url}/{REPOSITORY.etag('model.bin')}"
    assert answer.headers["X-Linked-Size"] == str(len(MODEL))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("api/models/a/model", 200),
        ("api/models/a/model/revision/other", 401),
        ("api/models/a/nothing", 401),
        ("a/model/resolve/main/config.json", 200),
        ("a/model/resolve/main/nothing.json", 404),
        ("a/nothing/resolve/main/config.json", 401),
        (f"store/{'0' * 64}", 404),
        ("elsewhere", 404),
    ],
)
def test_what_is_there_and_what_is_not(hub: HubServer, path: str, status: int) -> None:
    assert httpx.get(f"{hub.url}/{path}").status_code == status


def test_a_part_of_a_large_file_can_be_had(hub: HubServer) -> None:
    address = f"{hub.store_url}/{REPOSITORY.etag('model.bin')}"

    answer = httpx.get(address, headers={"Range": "bytes=1000-"})

    assert answer.status_code == 206
    assert answer.content == MODEL[1000:]
    assert answer.headers["Content-Range"] == f"bytes 1000-{len(MODEL) - 1}/{len(MODEL)}"


def test_a_transfer_breaks_once_where_told(hub: HubServer) -> None:
    address = f"{hub.store_url}/{REPOSITORY.etag('model.bin')}"
    hub.cut(5000)

    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(address)
    assert httpx.get(address).content == MODEL


def test_requests_are_refused_as_told(hub: HubServer) -> None:
    hub.refuse(503, 429)

    assert [httpx.get(f"{hub.url}/api/models/a/model").status_code for _ in range(3)] == [503, 429, 200]
    assert hub.requests == ["GET /api/models/a/model"] * 3


def test_a_spoiled_file_is_as_long_and_not_the_same(hub: HubServer) -> None:
    hub.spoil("model.bin")

    spoiled = httpx.get(f"{hub.store_url}/{REPOSITORY.etag('model.bin')}").content

    assert len(spoiled) == len(MODEL)
    assert spoiled != MODEL
