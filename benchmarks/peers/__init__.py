"""EvalStudio beside other tools, on the same work and server."""
