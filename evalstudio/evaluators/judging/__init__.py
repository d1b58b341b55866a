"""Model judges: their prompts, and what their replies say."""
