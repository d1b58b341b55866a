"""Published benchmarks: the tasks of lm-evaluation-harness, found by name and run by this program's engine."""
