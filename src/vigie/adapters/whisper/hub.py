"""The port ModelHub: models from Hugging Face, or from a hub that speaks like it.

huggingface_hub's own `snapshot_download` begins a broken file anew in the next process and checks sizes only (2.4,
`_download_to_tmp_and_move`); a model may have 3 GB. So files are fetched one by one with its `http_get`, which can go
on in the middle (in steps of 10 MB), and compared with the hash that the hub gives.
"""

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import partial
from io import FileIO
from pathlib import Path
from typing import Any

import httpx2
from huggingface_hub import HfApi, hf_hub_url
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled, RepositoryNotFoundError
from huggingface_hub.file_download import http_get
from huggingface_hub.utils.tqdm import disable_progress_bars

from vigie.adapters.gated import AGAIN, wait_s
from vigie.ports import PortError

WANTED = ("config.json", "tokenizer.json", "preprocessor_config.json", "vocabulary.*", "model.bin")
"""What faster-whisper reads of a repository, the large file last."""
ASK_S = 20.0
PART = ".part"
READ_BYTES = 1 << 20

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    url: str
    size: int
    hash: str
    """SHA-256 of a large file, git's SHA-1 of another."""


class HuggingFaceHub:
    """A hub of models."""

    def __init__(self, address: str = "") -> None:
        """Use the hub at `address`; empty: huggingface.co, or what HF_ENDPOINT says."""
        disable_progress_bars()
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)  # it warns of what it then mends itself
        self._api = HfApi(endpoint=address or None, token=False, library_name="vigie")

    def fetch(self, repository: str, folder: Path, progress: Progress) -> None:
        """Bring the files of a model into `folder`. Raises PortError."""
        with _as_port_errors(repository, self._api.endpoint):
            files = self._files(repository)
            there = {file.name: _size(folder / file.name) or _size(_part(folder, file)) for file in files}
            total = sum(file.size for file in files)
            _need_room(folder, total - sum(there.values()))
            for file in files:
                there[file.name] = 0
                _fetch(file, folder, partial(_tell, progress, sum(there.values()), total))
                there[file.name] = file.size

    def _files(self, repository: str) -> list[_File]:
        """Return what is wanted of a repository, as it is now, in the order of WANTED."""
        info = self._api.model_info(repository, files_metadata=True, timeout=ASK_S)
        files = [
            _File(
                name=each.rfilename,
                url=hf_hub_url(repository, each.rfilename, revision=info.sha, endpoint=self._api.endpoint),
                size=each.size or 0,
                hash=each.lfs.sha256 if each.lfs else each.blob_id or "",
            )
            for pattern in WANTED
            for each in info.siblings or ()
            if fnmatch(each.rfilename, pattern)
        ]
        if not any(file.name == "model.bin" for file in files):
            raise PortError(f"{repository} holds no model for faster-whisper: model.bin is missing.", permanent=True)
        return files


def _fetch(file: _File, folder: Path, progress: Callable[[int], None]) -> None:
    """Bring one file; a file that is there already was checked when it came."""
    target, part = folder / file.name, _part(folder, file)
    if _size(target) == file.size:
        progress(file.size)
        return
    with _Counted(part, progress) as content:
        http_get(file.url, content, resume_size=content.tell(), expected_size=file.size)
    if _hash(part, file) != file.hash:
        part.unlink()
        raise PortError(f"{file.name} came damaged; try again.", retryable=True)
    part.replace(target)


class _Counted(FileIO):
    """A file that goes on where it ends, and tells how far it was written."""

    def __init__(self, path: Path, progress: Callable[[int], None]) -> None:
        super().__init__(path, "a+")
        self._progress = progress

    def write(self, data: Any) -> int:
        """Write, and tell."""
        written = super().write(data)
        self._progress(self.tell())
        return written


def _tell(progress: Progress, before: int, total: int, size: int) -> None:
    progress(before + size, total)


def _hash(path: Path, file: _File) -> str:
    digest = hashlib.sha256() if len(file.hash) == 64 else hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
    with path.open("rb") as content:
        while block := content.read(READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _part(folder: Path, file: _File) -> Path:
    """Return where a file lies while it comes; another version of it has another name."""
    return folder / f"{file.name}.{file.hash[:8]}{PART}"


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _need_room(folder: Path, size: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if size > free:
        raise PortError(f"{size / 1e6:.0f} MB are needed in {folder}, {free / 1e6:.0f} MB are free.", permanent=True)


@contextmanager
def _as_port_errors(repository: str, address: str) -> Iterator[None]:
    try:
        yield
    except RepositoryNotFoundError as error:
        raise PortError(f"There is no model {repository} at {address}.", permanent=True) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        may_pass = status in AGAIN or status >= 500
        what_to_do = "try again later" if may_pass else "is it the right address, or is the model not for everyone?"
        raise PortError(
            f"{address} refused {repository} (status {status}): {what_to_do}",
            retryable=may_pass,
            retry_after_s=wait_s(error.response.headers) if may_pass else None,
            permanent=not may_pass,
        ) from error
    except OfflineModeIsEnabled as error:
        raise PortError("HF_HUB_OFFLINE forbids to fetch models.", permanent=True) from error
    except httpx2.HTTPError as error:
        raise PortError(f"{address} cannot be reached ({_line(error)}); try again to go on.", retryable=True) from error
    except HFValidationError as error:
        raise PortError(f"{repository} cannot be the name of a model: owner/name.", permanent=True) from error
    except (ValueError, LookupError, TypeError) as error:  # what is no JSON, or of another kind
        raise PortError(f"{address} speaks as no hub of models does; try again later.", retryable=True) from error
    except OSError as error:
        raise PortError(f"{repository} cannot be kept: {_line(error)}.", permanent=True) from error


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
