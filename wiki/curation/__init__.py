"""The curator's desk: what wants looking after, and what can be done to it there.

`desk` finds the rows of each queue, `acts` does what a row's buttons say, `texts` changes links in texts (pure). Pages
and the API call the same functions.
"""
