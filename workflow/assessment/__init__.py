"""Assessment (考核): the duties of the notice, opened, entered, and laid out over the year."""
