"""A back catalogue narrated on many machines: read lazily, planned first, resumable, told at the end."""
