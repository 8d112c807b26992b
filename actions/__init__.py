"""The verbs: each takes a session and never commits; the edge opens the transaction."""
