"""Texts that somebody wrote so as to be read by people and not by programs; and any others."""

from hypothesis import strategies as st


def wide(text: str) -> str:
    """Return ASCII text in fullwidth characters."""
    return "".join(chr(ord(char) + 0xFEE0) for char in text)


def bold(text: str) -> str:
    """Return small letters as those of mathematics."""
    return "".join(chr(0x1D41A + ord(char) - ord("a")) for char in text)


PIECES = (
    *(
        "clip",
        "CLIP",
        "cl1p",
        "cliiip",
        "c\u200blip",
        bold("clip"),
        wide("clip"),
        "čłïp",
        "c l i p",
        "clip's",
        "_clip",
        "clip2",
        "#clip",
    ),
    *(
        "ça va",
        "CA VA",
        "c\u0327a  va",
        "bravo",
        "brav0",
        "BRAVOOO",
        "Σίσυφος",
        "straße",
        "STRASSE",
        "İ",
        "\u0131",
        "ﬁ",
        "½",
    ),
    *("💀", "❤️", "❤", "👨\u200d👩", "1️⃣", "直播", "我看直播吧", "ばか", "คลิป", "клип", "한국", "क्लिप"),
    *(
        " ",
        "  ",
        "\n",
        "\t",
        "\0",
        "\u00a0",
        "\u2028",
        "\u200b",
        "\u202e",
        "\u0301",
        "\u0338",
        "\ufe0f",
        "\xad",
        "\ud800",
    ),
    *("a", "aa", "o", "e", "i", "1", "0", "!", "?", ".", "'", "’", "_", "-", "$", "@"),
)

TEXTS = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(max_size=40),
    st.text(
        st.characters(codec=None, categories=["Mn", "Me", "Cf", "Cs", "Zs", "Cc", "Lu", "Lm", "Nl", "So"]), max_size=20
    ),
)
