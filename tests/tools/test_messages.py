"""The French catalogue: what is found in the sources, kept, refused, complained about."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from tools.messages import as_python, check, collected, faults, load, merge, problems, typeset, update, updated, written

PART = 'msgid "Watch"\nmsgstr "Suivre"\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with one message in its code and one in a template."""
    return sources(
        tmp_path, {"watch/models.py": '_("live")', "watch/templates/watch/live.html": '{% translate "Watch" %}'}
    )


@pytest.fixture
def french(tmp_path: Path) -> Path:
    """Where its French belongs."""
    return tmp_path / "src" / "vigie" / "site" / "locale" / "fr" / "django.po"


def sources(folder: Path, files: dict[str, str]) -> Path:
    package = folder / "src" / "vigie"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


def catalogue(*entries: tuple[str | tuple[str, str], str | tuple[str, str]]) -> Catalog:
    made = Catalog(locale="fr")
    for message, translation in entries:
        made.add(message, translation)
    return made


def messages(found: Catalog) -> list[tuple[object, str | None]]:
    return [(message.id, message.context) for message in found if message.id]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.py", 'gettext_lazy("live")', [("live", None)]),
        ("a.py", 'gettext_noop("live")', [("live", None)]),
        ("a.py", 'ngettext("%(n)s live", "%(n)s lives", n)', [(("%(n)s live", "%(n)s lives"), None)]),
        ("a.py", 'pgettext_lazy("verb", "watch")', [("watch", "verb")]),
        ("a.py", '_("one " "sentence")', [("one sentence", None)]),
        ("a.py", 'translate("not this")', []),
        ("a.html", "{% translate 'Alerts' %}", [("Alerts", None)]),
        ("a.html", '{% translate "May" context "month" %}', [("May", "month")]),
        ("a.html", '{{ value|default:_("none") }}', [("none", None)]),
        ("a.html", "{% blocktranslate trimmed %}\n  Two\n  lines\n{% endblocktranslate %}", [("Two lines", None)]),
        ("a.html", "{% blocktranslate with n=x %}Hello {{ n }}{% endblocktranslate %}", [("Hello %(n)s", None)]),
        (
            "a.html",
            "{% blocktranslate count n=lives %}{{ n }} live{% plural %}{{ n }} lives{% endblocktranslate %}",
            [(("%(n)s live", "%(n)s lives"), None)],
        ),
        ("a.html", "<p>It's \"half ( open\n   {# note #}{% translate 'Deep' %}", [("Deep", None)]),
        ("templates/a/mail.txt", "{% translate 'Welcome' %}", [("Welcome", None)]),
        ("a.txt", "{% translate 'No template' %}", []),
    ],
)
def test_collected_finds_messages(
    tmp_path: Path, name: str, text: str, expected: list[tuple[object, str | None]]
) -> None:
    assert messages(collected(sources(tmp_path, {name: text}))) == expected


def test_collected_says_where_a_message_is(package: Path) -> None:
    sources(package.parent.parent, {"speech/models.py": '_("live")'})
    places = collected(package)["live"].locations
    assert places == [("src/vigie/speech/models.py", 0), ("src/vigie/watch/models.py", 0)]


def test_as_python_leaves_the_calls_alone() -> None:
    assert as_python("<p>\n    {% translate 'A' %}</p>") == "XXX\ngettext(u'A') XXXX"


def test_updated_keeps_the_french_and_drops_what_is_gone() -> None:
    known = catalogue(("Watch", "Suivre"), ("Gone", "Parti"))
    result = updated(known, catalogue(("Watch", ""), ("New", "")))
    assert {message.id: message.string for message in result if message.id} == {"Watch": "Suivre", "New": ""}


def test_merge_adds_what_is_missing_and_refuses_another_french() -> None:
    known = catalogue(("Watch", "Suivre"), ("Alert", ""))
    assert list(merge(known, catalogue(("Watch", "Regarder"), ("Alert", "Alerte"), ("Gap", "Coupure")))) == ["Watch"]
    assert {message.id: message.string for message in known if message.id} == {
        "Watch": "Suivre",
        "Alert": "Alerte",
        "Gap": "Coupure",
    }


@pytest.mark.parametrize(
    ("message", "translation", "expected"),
    [
        ("Watch", "Suivre", []),
        ("Watch", "", ["no French"]),
        ("Hello %(name)s", "Bonjour %(nom)s", ["placeholders differ"]),
        ("Hello %(name)s", "Bonjour %(name)s", []),
        ("%(a)s of %(b)s", "%(b)s, dont %(a)s", []),
        ("{count} lives", "{count} lives", []),
        ("100 %%", "100\N{NO-BREAK SPACE}%%", []),
        ("Since %(day)s", "Depuis le %(day)s", []),
        (("%(n)s live", "%(n)s lives"), ("%(n)s live", "%(n)s lives"), []),
        (("%(n)s live", "%(n)s lives"), ("%(n)s live", ""), ["no French"]),
        (("%(n)s live", "%(n)s lives"), ("%(n)s live", "lives"), ["placeholders differ"]),
    ],
)
def test_faults_of_a_translation(
    message: str | tuple[str, str], translation: str | tuple[str, str], expected: list[str]
) -> None:
    assert list(faults(Message(message), Message(message, translation))) == expected


@pytest.mark.parametrize(
    ("french", "expected"),
    [
        ("Sûr ?", "Sûr_?"),
        ("« Mot » : oui ; non !", "«_Mot_»_: oui_; non_!"),
        ("12 %", "12_%"),
        ("12 %%", "12_%%"),
        ("le %(day)s à %s", "le %(day)s à %s"),
        ("aujourd'hui, l'alerte", "aujourd’hui, l’alerte"),
        ("'mot'", "'mot'"),
        ("", ""),
    ],
)
def test_typeset_spaces_as_in_french(french: str, expected: str) -> None:
    assert typeset(french).replace("\N{NO-BREAK SPACE}", "_") == expected


def test_updated_typesets_every_form() -> None:
    lives = ("%(n)s live", "%(n)s lives")
    known = catalogue(("Sure?", "Sûr ?"), (lives, ("%(n)s live !", "%(n)s lives !")))
    result = updated(known, catalogue(("Sure?", ""), (lives, ("", ""))))
    assert {message.string for message in result if message.id} == {
        "Sûr\N{NO-BREAK SPACE}?",
        ("%(n)s live\N{NO-BREAK SPACE}!", "%(n)s lives\N{NO-BREAK SPACE}!"),
    }


def test_faults_of_a_plural_without_french_forms() -> None:
    wanted, french = Message(("%(n)s live", "%(n)s lives")), Message("%(n)s live", "%(n)s live")
    assert list(faults(wanted, french)) == ["one has a plural, the other has none"]


def test_faults_of_a_guess() -> None:
    assert list(faults(Message("Watch"), Message("Watch", "Suivre", flags=["fuzzy"]))) == ["fuzzy"]


def test_problems_tells_missing_unused_and_wrong() -> None:
    known = catalogue(("Gone", "Parti"), ("Hello %s", "Bonjour"))
    assert problems(known, catalogue(("New", ""), ("Hello %s", ""))) == [
        "no French: 'New'",
        "unused: 'Gone'",
        "placeholders differ: 'Hello %s'",
    ]


def test_problems_keeps_contexts_apart() -> None:
    known, found = Catalog(locale="fr"), Catalog()
    known.add("May", "Mai", context="month")
    found.add("May", context="verb")
    assert problems(known, found) == ["no French: 'May'", "unused: 'May'"]


def test_written_is_sorted_without_lines_or_dates() -> None:
    made = Catalog(locale="fr")
    made.add("Watch", "Suivre", locations=[("src/vigie/b.py", 12), ("src/vigie/b.py", 40)])
    made.add("Alert", "Alerte", locations=[("src/vigie/a.py", 3)])
    _, _, entries = written(made).partition('plural=(n > 1);\\n"\n\n')
    assert entries == (
        '#: src/vigie/a.py\nmsgid "Alert"\nmsgstr "Alerte"\n\n#: src/vigie/b.py\nmsgid "Watch"\nmsgstr "Suivre"\n\n'
    )


def test_update_makes_a_catalogue_that_check_accepts(package: Path, french: Path, tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text(PART + '\nmsgid "live"\nmsgstr "live"\n')
    assert check(french, package) == ["no French: 'Watch'", "no French: 'live'"]
    assert update(french, package, [tmp_path / "a.po"]) == []
    assert check(french, package) == []
    before = french.read_bytes()
    assert update(french, package) == []
    assert french.read_bytes() == before


def test_update_tells_which_part_disagrees(package: Path, french: Path, tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text(PART)
    (tmp_path / "b.po").write_text(PART.replace("Suivre", "Regarder"))
    assert update(french, package, [tmp_path / "a.po", tmp_path / "b.po"]) == ["Watch"]
    assert load(french)["Watch"].string == "Suivre"


def test_check_wants_the_file_as_it_is_written(package: Path, french: Path, tmp_path: Path) -> None:
    (tmp_path / "a.po").write_text(PART + '\nmsgid "live"\nmsgstr "live"\n')
    update(french, package, [tmp_path / "a.po"])
    french.write_text(french.read_text(encoding="utf-8").replace("#: src/vigie/watch/models.py", "#: src/vigie/old.py"))
    assert check(french, package) == ["the file is not as this tool writes it: run `python3 run.py messages`"]
