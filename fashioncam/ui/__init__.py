"""The window. Knows Qt, messages and settings; is handed what it shows, and knows no threads."""
