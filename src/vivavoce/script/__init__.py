"""Article to Script: what will be said, and where each character of the article went."""
