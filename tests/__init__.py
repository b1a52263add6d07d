"""The tests: names are sentences, media is made by `tests/media.py`."""
