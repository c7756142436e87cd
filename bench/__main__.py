"""`python -m bench [NAME ...] [--quick] [--json]`: run benchmarks and print a line a figure."""

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Iterable, Sequence
from typing import Protocol, cast

import bench
from bench import Result


class Benchmark(Protocol):
    """A module of this package."""

    def run(self, quick: bool) -> Iterable[Result]:  # noqa: FBT001 - the modules' agreed signature
        """Measure; `quick` ends within 50 s on two cores."""
        ...


def main(argv: Sequence[str] | None = None) -> int:
    """Return the exit status: 2 for a benchmark that does not exist."""
    known = names()
    options = _parser(known).parse_args(argv)
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        print(f"bench: no benchmark named {', '.join(unknown)}; there are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in options.names or known:
        module = cast("Benchmark", importlib.import_module(f"bench.{name}"))
        for result in module.run(quick=options.quick):
            print(as_json(name, result) if options.json else as_text(name, result), flush=True)
    return 0


def names() -> list[str]:
    """Return the benchmarks there are, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if not module.name.startswith("_"))


def as_json(name: str, result: Result) -> str:
    """Return the stable line of docs/reference/cli.md; without a peer its three fields are null."""
    line = {
        "bench": name,
        "metric": result.metric,
        "value": _rounded(result.value),
        "unit": result.unit,
        "peer": result.peer or None,
        "peer_value": _rounded(result.peer_value),
        "ratio": _rounded(result.ratio),
    }
    return json.dumps(line | dict(result.details), ensure_ascii=False)


def as_text(name: str, result: Result) -> str:
    """Return a line for a person."""
    beside = f"  (x {result.ratio:.2f} of {result.peer}: {result.peer_value:.4g})" if result.ratio else ""
    details = "".join(f"  {key}={value}" for key, value in result.details.items())
    return f"{name:<10} {result.metric:<28} {result.value:>10.4g} {result.unit}{beside}{details}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.5g}")


def _parser(known: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 run.py bench", description="Measure Vigie beside its peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(known)}; all when none is given")
    parser.add_argument("--quick", action="store_true", help="end within 50 s")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
