"""Names of clips: a template, filled with what happened, as a path that Windows, macOS and Linux all take. Pure.

Chatters choose what they are called: nothing of a value makes a folder, hides a sign or names a device.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from pathlib import PurePosixPath
from unicodedata import category, normalize

from vigie.errors import VigieError

DEFAULT = "{chatter}_{trigger}_{ts}"
FIELDS = ("channel", "chatter", "trigger", "date", "time", "ts", "seq", "score", "viewers")
SUFFIX = ".mp4"
MISSING = "none"
"""Stands for a value that is not known, or of which nothing is left."""
LONGEST_TEMPLATE = 200
FIELD_BYTES = 80
NAME_BYTES = 180
"""Of a folder, or of a file with its suffix; file systems take 255."""
PATH_CHARACTERS = 480
"""Of a whole name: its row takes 500, a number among them."""

_PIECE = re.compile(r"\{([^{}]*)\}|([^{}]+)|(.)", re.DOTALL)
_UNFIT = re.compile(r'[<>:"/\\|?*]')
_ROOT = re.compile(r"/|~|[A-Za-z]:[/\\]|\\\\")
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0]")
"""Seen by nobody, though Unicode calls them letters, marks or symbols."""
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(COM|LPT)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Names of Windows, with whatever suffix (learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


class Flaw(StrEnum):
    """Why something is not a template of names."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    BRACE = "brace"
    """One opens or closes alone."""
    FIELD = "field"
    """There is no such field."""
    SIGN = "sign"
    """Some system takes no such sign in a name."""
    ABSOLUTE = "absolute"
    FOLDER = "folder"
    """A folder, or the file, has no name of its own: nothing, or dots."""


_SAID = {
    Flaw.EMPTY: "it is empty.",
    Flaw.TOO_LONG: f"it has more than {LONGEST_TEMPLATE} characters.",
    Flaw.BRACE: "a brace opens or closes alone near {what!r}.",
    Flaw.FIELD: "there is no {what!r}; choose from " + ", ".join(FIELDS) + ".",
    Flaw.SIGN: "{what!r} cannot be in a name.",
    Flaw.ABSOLUTE: "it begins outside the folder of the clips: {what!r}.",
    Flaw.FOLDER: "{what!r} between the slashes is no name.",
}


class BadTemplate(VigieError):
    """This is not a template of names."""

    def __init__(self, flaw: Flaw, what: str = "") -> None:
        super().__init__("Clips cannot be named so: " + _SAID[flaw].format(what=what))
        self.flaw = flaw
        self.what = what


@dataclass(frozen=True, slots=True)
class ClipValues:
    """What a name can tell of a clip. Empty texts and None are said as `MISSING`."""

    channel: str
    chatter: str
    trigger: str
    at: datetime
    """Aware."""
    zone: tzinfo
    """Of `{date}` and `{time}`; `{ts}` is UTC everywhere."""
    seq: int
    score: float | None = None
    """0..1."""
    viewers: int | None = None


EXAMPLE = ClipValues("moonlit", "anna_92", "clip it", datetime(2026, 1, 5, 20, 15, 30, 123000, UTC), UTC, 7, 0.87, 1234)
"""For previews: `Template.parse(text).name(EXAMPLE)`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a template: text as it is, or the name of a field."""

    text: str
    is_field: bool


@dataclass(frozen=True, slots=True)
class Template:
    """How clips are named."""

    parts: tuple[tuple[Piece, ...], ...]
    """Of the path: folders, then the file without its suffix."""

    @classmethod
    def parse(cls, text: str) -> "Template":
        """Read what somebody wrote, e.g. `{channel}/{date}/{chatter}_{ts}`. Raises BadTemplate."""
        longest = max(len(text), len(normalize("NFC", text)))  # in a row, and in a name: some signs become three
        text = text.strip().removesuffix(SUFFIX)
        if not text:
            raise BadTemplate(Flaw.EMPTY)
        if longest > LONGEST_TEMPLATE:
            raise BadTemplate(Flaw.TOO_LONG)
        if root := _ROOT.match(text):
            raise BadTemplate(Flaw.ABSOLUTE, root[0])
        return cls(tuple(_pieces(part) for part in text.split("/")))

    def name(self, values: ClipValues) -> str:
        """Return a path relative to the folder of the clips, with slashes and `SUFFIX`.

        Every part of it has 1 to `NAME_BYTES` bytes of UTF-8, in NFC, and all of it `PATH_CHARACTERS` at most. Values
        that are long share what room there is.
        """
        said = _said(values)
        paths = (self._path(said, most_bytes) for most_bytes in range(FIELD_BYTES, 0, -1))
        return next(path for path in paths if len(path) <= PATH_CHARACTERS)

    def _path(self, said: dict[str, str], most_bytes: int) -> str:
        *folders, file = self.parts
        names = [_filled(pieces, said, NAME_BYTES, most_bytes) for pieces in folders]
        return "/".join([*names, _filled(file, said, NAME_BYTES - len(SUFFIX), most_bytes) + SUFFIX])


def numbered(name: str, number: int) -> str:
    """Return a name for the case that `name` is taken: `folder/clip-2.mp4`, no longer than names may be."""
    path = PurePosixPath(name)
    end = f"-{number}{path.suffix}"
    return str(path.with_name(_cut(path.stem, NAME_BYTES - len(end.encode())) + end))


def collision_key(name: str) -> str:
    """Return what two names have in common that some system takes for the same: case and composition do not count.

    Canonical caseless matching (Unicode 15, section 3.13, D145).
    """
    return normalize("NFD", normalize("NFD", name).casefold())


def _pieces(part: str) -> tuple[Piece, ...]:
    if not part.strip(" ."):
        raise BadTemplate(Flaw.FOLDER, part)
    return tuple(_piece(found, part) for found in _PIECE.finditer(part))


def _piece(found: re.Match[str], part: str) -> Piece:
    field, text, brace = found.groups()
    if brace:
        raise BadTemplate(Flaw.BRACE, part)
    if field is not None:
        if field not in FIELDS:
            raise BadTemplate(Flaw.FIELD, f"{{{field}}}")
        return Piece(field, is_field=True)
    if unfit := next((sign for sign in text if _UNFIT.match(sign) or _is_unseen(sign)), None):
        raise BadTemplate(Flaw.SIGN, unfit)
    return Piece(text, is_field=False)


def _said(values: ClipValues) -> dict[str, str]:
    """Return the fields as they are said, each fit for a name."""
    local = values.at.astimezone(values.zone)
    utc = values.at.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    said = {
        "channel": values.channel,
        "chatter": values.chatter,
        "trigger": values.trigger,
        "date": local.date().isoformat(),
        "time": f"{local:%H-%M-%S}",
        "ts": utc.replace("-", "").replace(":", "") + "Z",
        "seq": f"{values.seq:04}",
        "score": "" if values.score is None else f"{values.score:.2f}",
        "viewers": "" if values.viewers is None else str(values.viewers),
    }
    return {field: _clean(text) or MISSING for field, text in said.items()}


def _filled(pieces: tuple[Piece, ...], said: dict[str, str], size_bytes: int, most_bytes: int) -> str:
    """Return one part of the path, its values cut to what they may have at most, the longest until it fits."""
    name = ""
    for longest in range(most_bytes, 0, -1):
        texts = (_cut(said[piece.text], longest) if piece.is_field else piece.text for piece in pieces)
        name = _clean("".join(texts)) or MISSING
        if len(name.encode()) <= size_bytes:
            return name
    return _cut(name, size_bytes)


def _clean(text: str) -> str:
    """Return a text as a name that every system takes, but for its length; perhaps nothing."""
    text = "".join(sign for sign in " ".join(text.split()) if not _is_unseen(sign))
    text = _UNFIT.sub("_", normalize("NFC", text)).strip(" .")
    return f"_{text}" if _DEVICE.match(text) else re.sub("^[-~]", "_", text)


def _is_unseen(sign: str) -> bool:
    """Return whether a sign is a control, one of direction or no width, private, half of a pair, or none at all."""
    return category(sign).startswith("C") or bool(_BLANK.match(sign))


def _cut(text: str, size_bytes: int) -> str:
    """Return the beginning of a text that fits; a letter keeps its accents, unless it has so many that nothing fits."""
    kept = text.encode()[:size_bytes].decode(errors="ignore")
    whole = kept
    while whole and len(whole) < len(text) and category(text[len(whole)]).startswith("M"):
        whole = whole[:-1]
    return (whole or kept).rstrip(" .")
