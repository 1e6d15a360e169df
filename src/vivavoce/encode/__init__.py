"""A finished edition as files: audio, tags, captions, pages, manifest."""
