"""The review desk: a local page on which a person looks at what is uncertain, corrects it, and signs.

It listens on 127.0.0.1 alone, behind a token in its link, and asks nothing of any other host. It shows the redacted
master and the exports, never the recording. Everything that the page offers ends in `review.yaml` beside the case.
"""
