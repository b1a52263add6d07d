"""Room of redactors: they paint a region of a frame. A file here is a value under `redact` in the YAML."""
