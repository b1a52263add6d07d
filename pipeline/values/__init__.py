"""Every value that passes between the stages: frozen, plain, and safe to store as JSON.

Read this first. Three rules hold for all of them:

* Times are seconds (`_s`), sizes are pixels (`_px`), rates are exact (`Fraction`).
* Boxes are half-open pixels of the upright master picture: (x0, y0, x1, y1), x1 and y1 excluded.
* Types carry the privacy rule: only a stage that must see the raw recording accepts a `Source`;
  everything behind `redact` accepts a `Master`, so mypy refuses the mistake.

In the order in which they come into being:

* `recording`: what was filmed (`Source`), and the pieces of it that are cut (`Clip`).
* `words`: what was said (`Transcript`), and what of it may be read (`Script`).
* `people`: who must not be told (`Register`), and who may be seen (`Familiar`).
* `picture`: what was seen (`Sightings`), and what is hidden (`Plan`).
* `leaving`: the hidden clip (`Master`), and what is made of it (`Export`, `Pack`).
* `verdict`: what verification says of it (`Verdict`).

Import them from here: `from pipeline.values import Plan`.
"""

from pipeline.values.leaving import Card, Cue, CueSheet, Export, Loudness, Master, Pack, Stretch, Texts, View
from pipeline.values.people import Familiar, Named, Portrait, Register
from pipeline.values.picture import Box, Detection, Plan, Sighting, Sightings, Track
from pipeline.values.recording import Clip, Clock, Damage, File, Source, Span
from pipeline.values.verdict import Doubtful, Finding, Measure, Overheard, Sensitivity, Used, Verdict
from pipeline.values.words import Mention, Script, Transcript, Word

__all__ = [
    "Box",
    "Card",
    "Clip",
    "Clock",
    "Cue",
    "CueSheet",
    "Damage",
    "Detection",
    "Doubtful",
    "Export",
    "Familiar",
    "File",
    "Finding",
    "Loudness",
    "Master",
    "Measure",
    "Mention",
    "Named",
    "Overheard",
    "Pack",
    "Plan",
    "Portrait",
    "Register",
    "Script",
    "Sensitivity",
    "Sighting",
    "Sightings",
    "Source",
    "Span",
    "Stretch",
    "Texts",
    "Track",
    "Transcript",
    "Used",
    "Verdict",
    "View",
    "Word",
]
