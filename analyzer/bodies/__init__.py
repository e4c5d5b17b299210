"""Pictures of whole people: their quality and their crops."""
