"""Speech recognition on this machine: Whisper by faster-whisper and CTranslate2, in a process of its own."""

from vigie.ports import ALONE, Clause, Manifest

MANIFEST = Manifest(
    key="whisper",
    label="faster-whisper",
    ports=("Recognizer", "ModelHub"),
    extra="whisper",
    simulator="vigie.simulators.hub",
    exempt={
        "Recognizer": {**ALONE, Clause.CLOSES: "Nothing cancels it; closed, it ends its process within 1 s."},
        "ModelHub": {
            Clause.CLOSES: "It blocks, as its port says; what it told its progress to ends it by raising.",
            Clause.SECRETS: "It is given none: models are fetched without a token.",
        },
    },
)
