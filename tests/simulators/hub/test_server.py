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


@pytest.mark.parametrize("beyond", [0, 1, 5000])
def test_of_a_large_file_nothing_is_left_after_its_end(hub: HubServer, beyond: int) -> None:
    address = f"{hub.store_url}/{REPOSITORY.etag('model.bin')}"
    hub.cut(5000)

    answer = httpx.get(address, headers={"Range": f"bytes={len(MODEL) + beyond}-"})

    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(MODEL)}")
    assert answer.content == b""


def test_the_head_of_a_file_tells_all_but_its_content(hub: HubServer) -> None:
    for path in ("a/model/resolve/main/config.json", "a/model/resolve/main/model.bin"):
        asked, head = httpx.get(f"{hub.url}/{path}"), httpx.head(f"{hub.url}/{path}")
        names = ("ETag", "X-Repo-Commit", "X-Linked-Etag", "X-Linked-Size", "Content-Length", "Location")

        assert head.content == b""
        assert head.status_code == asked.status_code
        assert [head.headers.get(name) for name in names] == [asked.headers.get(name) for name in names]


def test_who_is_refused_is_told_when_to_come_back_where_that_is_said(hub: HubServer) -> None:
    hub.refuse(429, 503, wait_s=7)

    answers = [httpx.get(f"{hub.url}/api/models/a/model") for _ in range(2)]

    assert [answer.headers.get("Retry-After") for answer in answers] == ["7", None]


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
