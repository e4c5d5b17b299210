"""Use cases of the command line, a function a command."""
