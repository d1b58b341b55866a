"""Multiple choice: labels, statements and texts, and which choice an answer takes."""
