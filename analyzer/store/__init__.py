"""The case: its folder, its database, and everything that reads or writes them."""
