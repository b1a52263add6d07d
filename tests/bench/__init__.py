"""`make bench`: the figures of docs/benchmarks.md, measured on this machine.

They need the real footage that `CLINICREEL_MATERIAL` names and, for what is still found, `CLINICREEL_MODELS`.
"""
