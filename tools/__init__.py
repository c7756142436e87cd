"""What `run.py` calls: checks, front-end files, translations, documentation. None of it is in the wheel."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
