"""The rules of a newsroom: what is taken in, corrected, approved, published and withdrawn, and who may do it."""
