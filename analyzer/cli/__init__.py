"""Command line: parses, builds one request, calls one function, prints."""
