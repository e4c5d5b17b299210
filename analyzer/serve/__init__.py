"""Local web pages of a case: the report always fresh, review, search and live view."""
