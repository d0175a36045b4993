"""Topic pages: what a facilitator keeps in order for others, and how one facilitator follows another.

All of a topic is content: it stands in the front matter and the text of its page. `front` reads and writes it,
`ordering` changes the curated list, `handing` says who may hand a topic to whom; all three are pure. `shown` puts
together what the pages and the API show, and `keeping` saves.
"""
