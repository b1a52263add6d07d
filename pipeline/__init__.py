"""ClinicReel: raw consultation footage in, redacted, subtitled, proved, platform-ready clips out."""

__version__ = "0.1.0"
