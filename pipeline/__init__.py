"""ClinicReel: raw consultation footage in, redacted, subtitled, proved, platform-ready clips out."""

import os

__version__ = "0.1.0"

# Libraries that report to their makers unless told not to before they are first loaded.
# Source: microsoft/onnxruntime#27379 (from 1.29 on, in the official Linux wheels); huggingface_hub's documentation.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
