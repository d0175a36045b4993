"""Reviews while they are held: a team says what happened, each on a page of their own, and writes one entry of it.

    rules.py        who may do what, and what may be kept (pure)
    types.py        the values, and the refusals (pure)
    store.py        the reviews, their people, links and phases
    voices.py       the answers, with names and without
    joint.py        the joint text and the timeline
    compose.py      all of it as the Markdown of an entry (pure)
    differences.py  where voices differ (pure)
    publication.py  from SQL to one commit, once
    acting.py       what people do, for the pages and the API alike
    passages.py     from a passage of the published review to a lesson or an action
    observing.py    the one-line observation
    reminding.py    a review that has been open for too long

Until it is published a review lives in SQL alone: no catalog, index, feed or search knows of it.
"""
