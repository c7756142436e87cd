"""The French translation: `python3 run.py messages [--check] [--merge FILE ...]`.

Does what xgettext and msgmerge do, with Babel and Django alone: takes every message from the code and the templates,
keeps the French there is, writes site/locale/fr. English is the messages themselves.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools import ROOT

PACKAGE = ROOT / "src" / "vigie"
FRENCH = PACKAGE / "site" / "locale" / "fr" / "LC_MESSAGES" / "django.po"

LAZY = ("gettext", "ngettext", "pgettext", "npgettext")
KEYWORDS = DEFAULT_KEYWORDS | {"gettext_noop": None} | {f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in LAZY}
HEADER = """\
# French translation of Vigie. Written by hand; updated by `python3 run.py messages`.
msgid ""
msgstr ""
"Project-Id-Version: Vigie\\n"
"Language: fr\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

"""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|%%")
SPACE = re.compile(r" (?=[:;!?»]|%(?![\w(]))|(?<=«) ")
"""An ordinary space where French wants one that does not break (U+00A0)."""
APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")

Key = tuple[str, str | None]
"""Message and context; a plural form goes by its singular."""


def main(argv: Sequence[str] | None = None) -> int:
    """Update the catalogue, or say what is wrong with it; return the exit status."""
    options = _parser().parse_args(argv)
    if not options.check:
        for refused in update(FRENCH, PACKAGE, options.merge):
            print(f"already translated otherwise, kept as it was: {refused!r}", file=sys.stderr)
    trouble = check(FRENCH, PACKAGE)
    print("\n".join(trouble), end="\n" if trouble else "")
    return int(options.check and bool(trouble))


def update(french: Path, package: Path, parts: Iterable[Path] = ()) -> list[str]:
    """Write the catalogue anew from the sources, the French it has, and the French of `parts`.

    Returns the messages of `parts` that are already translated otherwise; they stay as they were.
    """
    known = load(french)
    refused = [message for part in parts for message in merge(known, load(part))]
    french.parent.mkdir(parents=True, exist_ok=True)
    french.write_text(written(updated(known, collected(package))), encoding="utf-8")
    return refused


def check(french: Path, package: Path) -> list[str]:
    """Return what is wrong with the catalogue, one line each."""
    known, found = load(french), collected(package)
    trouble = problems(known, found)
    if not trouble and french.read_text(encoding="utf-8") != written(updated(known, found)):
        trouble = ["the file is not as this tool writes it: run `python3 run.py messages`"]
    return trouble


def collected(package: Path) -> Catalog:
    """Return every message of the code and the templates, with the files it is in."""
    catalogue = Catalog()
    for path in sorted([*package.rglob("*.py"), *package.rglob("*.html"), *package.rglob("templates/**/*.txt")]):
        source = path.read_text(encoding="utf-8")
        text = source if path.suffix == ".py" else as_python(source)
        for _line, message, notes, context in extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"]):
            place = str(path.relative_to(package.parent.parent))
            catalogue.add(message, locations=[(place, 0)], auto_comments=notes, context=context)
    return catalogue


def as_python(template: str) -> str:
    """Return the translation tags of a template as gettext calls.

    `templatize` masks all other text with X, so each line is Python once its indentation is gone.
    """
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def updated(known: Catalog, found: Catalog) -> Catalog:
    """Return `found` with the French of `known`; what is no longer in the sources is dropped."""
    result = Catalog(locale="fr")
    for message in _messages(found):
        translation = known.get(message.id, message.context)
        result.add(
            message.id,
            _french(translation) if translation else "",
            locations=sorted(set(message.locations)),
            auto_comments=message.auto_comments,
            user_comments=translation.user_comments if translation else (),
            context=message.context,
        )
    return result


def typeset(french: str) -> str:
    """Return a text with the spaces and apostrophes of French."""
    return APOSTROPHE.sub("’", SPACE.sub("\N{NO-BREAK SPACE}", french))


def merge(known: Catalog, part: Catalog) -> Iterator[str]:
    """Add the French of `part` to `known`; yield the messages that have another French already."""
    for message in _messages(part):
        present = known.get(message.id, message.context)
        if present is None:
            known.add(message.id, message.string, context=message.context)
        elif not _translated(present):
            present.string = message.string
        elif _french(present) != _french(message):
            yield _name(message)


def problems(known: Catalog, found: Catalog) -> list[str]:
    """Return what keeps the French from being complete and right, one line each."""
    wanted = {_key(message): message for message in _messages(found)}
    there = {_key(message): message for message in _messages(known)}
    trouble = [f"no French: {_name(wanted[key])!r}" for key in sorted(wanted.keys() - there.keys(), key=str)]
    trouble += [f"unused: {_name(there[key])!r}" for key in sorted(there.keys() - wanted.keys(), key=str)]
    for key in sorted(wanted.keys() & there.keys(), key=str):
        trouble += [f"{fault}: {_name(there[key])!r}" for fault in faults(wanted[key], there[key])]
    return trouble


def faults(wanted: Message, french: Message) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    if not _translated(french):
        yield "no French"
        return
    if french.fuzzy:
        yield "fuzzy"
    if isinstance(wanted.id, str) is not isinstance(french.string, str):
        yield "one has a plural, the other has none"
        return
    for english, translation in zip(_forms(wanted.id), _forms(french.string), strict=False):
        if _placeholders(english) != _placeholders(translation):
            yield "placeholders differ"


def load(path: Path) -> Catalog:
    """Return the catalogue in a file; an empty one where there is no file."""
    if not path.is_file():
        return Catalog(locale="fr")
    with path.open("rb") as text:
        return read_po(text, locale="fr", abort_invalid=True)


def written(catalogue: Catalog) -> str:
    """Return the .po: sorted, files without line numbers, no dates, so that it changes only with the words."""
    text = io.BytesIO()
    write_po(text, catalogue, omit_header=True, sort_output=True, include_lineno=False, width=100)
    return HEADER + text.getvalue().decode()


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _key(message: Message) -> Key:
    return _name(message), message.context


def _name(message: Message) -> str:
    return next(iter(_forms(message.id)))


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _french(message: Message) -> str | tuple[str, ...]:
    forms = tuple(typeset(form) for form in _forms(message.string))
    return forms[0] if isinstance(message.string, str) else forms


def _translated(message: Message) -> bool:
    return bool(message.string) and all(_forms(message.string))


def _placeholders(text: str) -> list[str]:
    return sorted(PLACEHOLDER.findall(text))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 run.py messages", description="Update the French translation.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when French is missing or wrong")
    parser.add_argument(
        "--merge", nargs="+", type=Path, default=[], metavar="FILE", help="take the French of these .po"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
