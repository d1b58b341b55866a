"""Benchmarks in the engine: the process with lm-eval, its tasks as evaluations, its scores and published metrics."""
