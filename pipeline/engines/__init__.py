"""Room of speech engines: sound -> words. A file here is a value of `transcribe.engine` in the YAML."""
