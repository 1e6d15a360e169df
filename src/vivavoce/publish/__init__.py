"""Editions published: the podcast feed and a static site."""
