"""Benchmarks: the figures this product promises, measured; see ``manage.py bench``."""
