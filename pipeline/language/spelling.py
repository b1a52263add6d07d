"""Signs said one by one: letters, letters as radio operators say them or explained by a word, and figures."""

from __future__ import annotations

RADIO = (
    "alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec"
    "|romeo|sierra|tango"
    "|uniform|victor|whiske?y|x-?ray|yankee|zulu"
)
"""Letters as radio operators say them, as a pattern."""
_SIGN = rf"(?:(?:{RADIO}|double[ -]u|[a-z])(?![a-z'’])(?:,? (?:for|as in|like) [a-z]+(?![a-z]))?|\d)"
ROW = rf"{_SIGN}(?:[ ,\-….·]{{0,2}}{_SIGN}){{2,15}}"
"""Three signs and more, as a pattern for the view of a text in lower and upper case: `H for hotel, 4 4 2`."""
