"""Why this class: class maps, what the user asks of them, and the overlay."""
