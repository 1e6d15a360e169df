"""Adapters to models, each meeting a Protocol that its stage owns; heavy imports live here only."""
