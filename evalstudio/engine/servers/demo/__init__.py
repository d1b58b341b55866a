"""Demo model server: an OpenAI-compatible endpoint on this machine that behaves like a real one.

It runs in a process of its own (`python -m evalstudio.engine.servers.demo`, or `evalstudio demo-server`).
"""
