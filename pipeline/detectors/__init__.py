"""Room of detectors: frame -> detections. A file here is a key under `detect.detectors` in the YAML."""
