"""The life of a lesson, the actions that came of it, and its recurrences: what they are, and what is done with them."""
