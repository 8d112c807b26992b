"""Time: the working calendar, what is due when, and what is owed to be told (pure)."""
