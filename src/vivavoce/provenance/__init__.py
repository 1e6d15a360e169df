"""What a file says of its origin: signatures, the watermark, and reading both back."""
