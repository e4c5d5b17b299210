"""Exchange: a whole case in the formats of other programs, by people, time lines and boxes."""
