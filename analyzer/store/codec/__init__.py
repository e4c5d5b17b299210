"""Values as rows and rows as values: both directions of a column side by side, no SQL."""
