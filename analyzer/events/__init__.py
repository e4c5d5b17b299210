"""What of the derived timelines is worth a look, by rules that the settings hold."""
