"""A repository of the hub, and what the hub says about it. Pure.

As huggingface_hub 2.4 reads it: large files (LFS) are named by their SHA-256, the others by git's SHA-1.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

POINTER_BYTES = 134


@dataclass(frozen=True)
class Repository:
    """A model: its files at one commit."""

    name: str
    """`owner/name`."""
    files: Mapping[str, bytes] = field(repr=False)
    large_from: int = 100_000
    """Files of this size and more are large."""

    @cached_property
    def commit(self) -> str:
        """The commit: 40 hexadecimal digits that follow from the content."""
        content = "".join(f"{name}{git_id(body)}" for name, body in sorted(self.files.items()))
        return hashlib.sha1(content.encode(), usedforsecurity=False).hexdigest()

    def is_large(self, file: str) -> bool:
        """Return whether a file is kept in the store of large ones."""
        return len(self.files[file]) >= self.large_from

    def etag(self, file: str) -> str:
        """Return what names the content of a file."""
        return sha256(self.files[file]) if self.is_large(file) else git_id(self.files[file])

    def info(self) -> dict[str, object]:
        """Return the answer of `/api/models/<name>?blobs=True`."""
        siblings = [{"rfilename": file, **self._blob(file, "blobId")} for file in sorted(self.files)]
        return {
            "_id": self.commit[:24],
            "id": self.name,
            "modelId": self.name,
            "sha": self.commit,
            "siblings": siblings,
        }

    def tree(self) -> list[dict[str, object]]:
        """Return the answer of `/api/models/<name>/tree/<commit>`."""
        return [{"type": "file", "path": file, **self._blob(file, "oid")} for file in sorted(self.files)]

    def _blob(self, file: str, id_field: str) -> dict[str, object]:
        body = self.files[file]
        blob: dict[str, object] = {id_field: git_id(body), "size": len(body)}
        if self.is_large(file):
            digest = sha256(body)
            blob["lfs"] = {"oid": digest, "sha256": digest, "size": len(body), "pointerSize": POINTER_BYTES}
        return blob


def sha256(body: bytes) -> str:
    """Return the SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def git_id(body: bytes) -> str:
    """Return what git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(body) + body, usedforsecurity=False).hexdigest()
