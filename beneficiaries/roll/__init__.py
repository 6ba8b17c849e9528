"""The roll: a province's list of people, read from a file or made up for a demonstration, and applied in one go."""
