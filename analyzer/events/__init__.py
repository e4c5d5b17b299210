"""Events: stretches of the derived timelines worth a look, by rules in the settings."""
