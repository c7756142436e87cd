"""`python -m vigie`: ends at once when told to, before it has begun."""

import signal
import subprocess
import sys

EARLY = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Impatient:
    def find_spec(self, name, *_):
        if name == "vigie.site.cli":
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Impatient())
from vigie.__main__ import main
main()
"""
"""A program whose user, in the foreground, presses Ctrl+C as it begins to load."""


def test_main_ends_without_a_word_when_interrupted_while_it_loads() -> None:
    ended = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, "", "")
