"""What can go wrong in the index, as types that callers tell apart.

Every message is a sentence for people that says what to do next, so a page or a command can show it as it is.
"""

from __future__ import annotations


class HindsightIndexError(Exception):
    """Base of everything that the indexer raises on purpose."""


class EncoderUnavailable(HindsightIndexError):
    """The encoder is loading, away or too busy. Ranking by meaning has to wait; everything else goes on."""


class IndexBusy(HindsightIndexError):
    """Another process writes the index and did not finish in time. Nothing was written; try again."""


class IndexMissing(HindsightIndexError):
    """There is no keyword index in the directory (yet)."""


class DataMissing(HindsightIndexError):
    """A folder to measure on is not there or does not have the expected files."""
