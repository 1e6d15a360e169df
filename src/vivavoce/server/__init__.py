"""The newsroom over HTTP: one module a resource. What it decides is decided in `newsroom`."""
