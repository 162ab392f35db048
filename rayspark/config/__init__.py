"""Configuration keys."""
