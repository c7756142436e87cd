"""Everything that must be green before a commit: `python3 run.py check [NAME ...]`.

The checks are programs that know nothing of each other, so they run two at a time; only what failed is shown.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from tools import ROOT

PYTHON = sys.executable
CHECKS: Mapping[str, Sequence[str]] = {
    "types": ("mypy", "--cache-dir", ".tools/mypy"),  # partial runs by hand spoil the cache of whole ones
    "docs": ("mkdocs", "build", "--strict", "--quiet"),
    "migrations": ("vigie", "makemigrations", "--check", "--dry-run"),
    "templates": ("djlint", "src/vigie", "--lint", "--quiet"),
    "layers": ("lint-imports",),
    "shape": (PYTHON, "-m", "tools.shape"),
    "translation": (PYTHON, "-m", "tools.messages", "--check"),
    "style": ("ruff", "check"),
    "format": ("ruff", "format", "--check"),
}
"""Longest first, so that no long one is left alone at the end."""
AT_ONCE = 2
LIMIT_S = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    name: str
    passed: bool
    took_s: float
    output: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run the checks, print a line each as they end; return 1 when one failed."""
    parser = argparse.ArgumentParser(prog="python3 run.py check", description="Check code, types, docs, translation.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(CHECKS)}")
    names = parser.parse_args(argv).names or list(CHECKS)
    if unknown := set(names) - set(CHECKS):
        parser.error(f"no check named {', '.join(sorted(unknown))}; there are: {', '.join(CHECKS)}")
    began = time.perf_counter()
    outcomes = []
    for outcome in run({name: CHECKS[name] for name in CHECKS if name in names}):
        print(f"{'ok  ' if outcome.passed else 'FAIL'}  {outcome.name:<12} {outcome.took_s:5.1f} s", flush=True)
        outcomes.append(outcome)
    return report(outcomes, time.perf_counter() - began)


def run(checks: Mapping[str, Sequence[str]]) -> Iterator[Outcome]:
    """Run the checks, yielding each as it ends. They get a data folder of their own."""
    with tempfile.TemporaryDirectory(prefix="vigie-check-") as data_dir, ThreadPoolExecutor(AT_ONCE) as pool:
        environment = os.environ | {"VIGIE_DATA_DIR": data_dir, "NO_MKDOCS_2_WARNING": "1"}
        running = [pool.submit(run_one, name, command, environment) for name, command in checks.items()]
        for future in as_completed(running):
            yield future.result()


def run_one(name: str, command: Sequence[str], environment: Mapping[str, str], *, limit_s: float = LIMIT_S) -> Outcome:
    """Run one check in the project's folder; one that hangs has failed."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=limit_s,
            check=False,
        )
        passed, output = done.returncode == 0, done.stdout
    except FileNotFoundError as error:
        passed, output = False, f"{error.filename} is not installed: use `python3 run.py check`."
    except subprocess.TimeoutExpired:
        passed, output = False, f"did not end within {limit_s:g} s"
    return Outcome(name, passed, time.perf_counter() - began, output.strip())


def report(outcomes: Sequence[Outcome], took_s: float) -> int:
    """Print what failed in full, and the figures of the shape; return the exit status."""
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in outcomes:
        if not outcome.passed or outcome.name == "shape":
            print(f"\n── {outcome.name} ──\n{outcome.output}")
    verdict = f"{len(failed)} of {len(outcomes)} checks failed" if failed else f"{len(outcomes)} checks passed"
    print(f"\n{verdict} in {took_s:.0f} s")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
