"""What is queued, swept and retried: worker processes that may be killed at any point."""
