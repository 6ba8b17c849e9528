"""The main lists as files and on paper: which columns each has, and its rows as they are shown."""
