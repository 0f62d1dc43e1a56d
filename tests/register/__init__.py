"""Tests of households, people, matters, and what each reader sees of them."""
