"""Use cases of the command line, one function per command."""
