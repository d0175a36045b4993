"""How close is related? The cosine from which a draft and an entry have more than language in common.

Cosines differ from model to model and from collection to collection, so the floor is measured: `PROBES` are short
texts about everything under the sun; how close the closest passage of the collection comes to each of them tells
how close chance comes. The floor lies above nearly all of that. A collection that is itself about some probes'
subjects does not lift it: quartiles do not see a few probes that find a real answer.

Pure and deterministic: the same content and model give the same floor. The indexer measures it when the vectors are
complete and again when the collection has grown by half, and keeps it in the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from indexer.manifest import Manifest

Floats = npt.NDArray[np.float32]

DEFAULT = 0.42
"""The floor of the bundled model below `ENOUGH` entries, where chance cannot be measured."""
ENOUGH = 100
LOWEST = 0.05
HIGHEST = 0.95
WHISKER = 1.5
"""Quartile spreads above the upper quartile: where a box plot ends its whisker and calls the rest outliers."""

PROBES: tuple[str, ...] = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.",
    "Preheat the oven to 180 degrees, beat the butter with the sugar and fold in the flour and three eggs.",
    "The orchestra played the second movement slowly, and the cello carried the melody over soft horns.",
    "She planted tomatoes and basil along the south wall and watered them every evening through July.",
    "The striker scored twice in the last ten minutes and the home side went top of the league.",
    "In the year 1348 the town lost half of its people, and the market stood empty until the next harvest.",
    "My grandmother told me the story of the fox and the crow whenever it rained on a Sunday.",
    "The poem has fourteen lines, a turn after the eighth, and rhymes that pull against the sense.",
    "The dog was afraid of thunder and slept under the kitchen table until the morning.",
    "The painter mixed ochre and white for the light on the wall and left the corner unfinished.",
    "The court held that the lease had ended and that the tenant owed rent for the last quarter only.",
    "Interest rates rose by a quarter of a point and the currency gained against its neighbours.",
    "The patient was given antibiotics for ten days and the fever went down on the third.",
    "Wolves returned to the valley after sixty years and the deer moved to higher ground.",
    "The bride wore her mother's dress and the guests danced in the barn until two o'clock.",
    "He tied a fly of grey feathers and cast it upstream, where the trout were rising.",
    "The novel follows three sisters who inherit a bookshop and cannot agree what to do with it.",
    "Parliament voted on the budget late at night after a debate about schools and pensions.",
    "The knitting pattern asks for five skeins of wool and needles of four millimetres.",
    "Tourists queue for an hour to see the tower and then spend five minutes at the top.",
    "The choir meets on Tuesdays at seven in the parish hall; new voices are always welcome.",
    "Pour the espresso over ice, add cold milk and a spoon of vanilla syrup, and stir.",
    "The glacier has lost a third of its length since the first photograph was taken.",
    "Her flight was cancelled, so she took the night train and read until the border.",
    "The chess player gave up a bishop to open the file and won eleven moves later.",
    "Children learn to read best when somebody reads to them and asks what happens next.",
    "The film was shot in black and white in a village where nobody had ever seen a camera.",
    "A second-hand bicycle with a new chain, a bell and one scratch is offered for eighty.",
    "Bees visit the lavender in the afternoon and the lime trees early in June.",
    "The violin had been repaired with the wrong glue and had to be opened again.",
    "Voters in the north prefer the smaller party, says a survey of two thousand adults.",
    "The recipe for the marinade is lemon, garlic, rosemary and a good deal of olive oil.",
    "Archaeologists found a bronze mirror and a comb in the grave of a young woman.",
    "The yoga class begins with breathing and ends with ten minutes of lying still.",
    "Translate the third paragraph into French and underline every verb in the past tense.",
    "The museum opens its new wing with an exhibition of maps, globes and sea charts.",
    "He collects stamps with ships on them and keeps the doubles in a cigar box.",
    "The mayor cut the ribbon, the band played, and the children were first on the swings.",
    "Rye bread needs a sourdough, a long rest and a hot stone, and is best the next day.",
    "The actress forgot her line in the second act, and nobody but the prompter noticed.",
    "asdf qwer zxcv hjkl uiop bnm tyu ghj",
    "The moon was full, the tide was out, and we walked to the island and back.",
    "Grandfather's watch stopped at ten past four, and no jeweller could say why.",
    "Our neighbours are moving house in May and have promised us their piano.",
    "The comedian's new programme is about growing old, allotments and other people's music.",
    "Learn the chords G, C and D first, and most folk songs are open to you.",
    "The referee added six minutes, and the penalty came in the last of them.",
    "Under Roman law a debtor could pledge his land without giving up its use.",
)


def of(manifest: Manifest) -> float:
    """The floor in force: the measured one, or the default of the bundled model."""
    return manifest.floor if manifest.floor is not None else DEFAULT


def measure(probes: Floats, passages: Iterable[Floats]) -> float | None:
    """The floor from the vectors of `PROBES` (p, d) and those of all passages in blocks (n, d), all of unit length.

    None where there is not a single passage.
    """
    best = np.full(len(probes), -1.0, np.float32)
    found = False
    for block in passages:
        if len(block):
            best = np.maximum(best, (np.asarray(block) @ probes.T).max(axis=0))
            found = True
    if not found:
        return None
    lower, upper = np.quantile(best.astype(np.float64), (0.25, 0.75))
    return round(float(np.clip(upper + WHISKER * (upper - lower), LOWEST, HIGHEST)), 4)
