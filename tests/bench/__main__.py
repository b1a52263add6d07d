"""Prints the tables of docs/benchmarks.md: `python -m tests.bench [NAME ...]`, all of them without a name."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "leaks", "proof", "speed", "rebuild", "nasty", "gate", "keep", "identify", "sound", "text", "text-cost", "lying",
    "brief", "codes",
)  # fmt: skip


def main() -> int:
    """Runs the benchmarks that are named."""
    chosen = sys.argv[1:] or list(NAMES)
    strange = [name for name in chosen if name not in NAMES]
    if strange:
        print(f"no such benchmark: {', '.join(strange)}; one of {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in chosen:
        module = import_module(f"tests.bench.{name.replace('-', '_')}")
        print(
            f"\n### {name}\n\n{module.__doc__}\n\n{module.HEAD}\n{'|---' * (module.HEAD.count('|') - 1)}|", flush=True
        )
        for row in module.rows():
            print(row, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
