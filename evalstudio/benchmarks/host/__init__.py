"""Benchmark host: the process in which lm-eval and a task's own Python code run. It imports nothing but lm-eval."""
