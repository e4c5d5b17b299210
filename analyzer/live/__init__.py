"""Live sources: recording them, and analysing what was recorded while it goes on."""
