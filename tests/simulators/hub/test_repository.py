import hashlib

from vigie.simulators.hub import Repository
from vigie.simulators.hub.repository import git_id, sha256

SMALL, LARGE = b"hello\n", b"x" * 200_000


def test_a_file_is_called_what_git_calls_it() -> None:
    # printf 'hello\n' | git hash-object --stdin
    assert git_id(SMALL) == "ce013625030ba8dba906f756967f9e9ca394464a"


def test_large_files_are_named_by_their_sha256() -> None:
    repository = Repository("a/b", {"config.json": SMALL, "model.bin": LARGE})

    assert repository.etag("config.json") == git_id(SMALL)
    assert repository.etag("model.bin") == sha256(LARGE) == hashlib.sha256(LARGE).hexdigest()


def test_the_commit_follows_from_the_content() -> None:
    one = Repository("a/b", {"x": b"1", "y": b"2"})

    assert one.commit == Repository("other/name", {"y": b"2", "x": b"1"}).commit
    assert one.commit != Repository("a/b", {"x": b"1", "y": b"3"}).commit
    assert len(one.commit) == 40


def test_what_the_hub_says_of_its_files() -> None:
    repository = Repository("a/b", {"config.json": SMALL, "model.bin": LARGE})
    lfs = {"oid": sha256(LARGE), "sha256": sha256(LARGE), "size": 200_000, "pointerSize": 134}

    assert repository.info()["siblings"] == [
        {"rfilename": "config.json", "blobId": git_id(SMALL), "size": 6},
        {"rfilename": "model.bin", "blobId": git_id(LARGE), "size": 200_000, "lfs": lfs},
    ]
    assert repository.tree() == [
        {"type": "file", "path": "config.json", "oid": git_id(SMALL), "size": 6},
        {"type": "file", "path": "model.bin", "oid": git_id(LARGE), "size": 200_000, "lfs": lfs},
    ]
