"""The case: its folder, its database, and what goes in and comes out."""
