"""What the user saves: pictures, recordings and captures."""
