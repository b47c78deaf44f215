"""Models that people use: those that ship with their data, a GPT of one's own texts, tables."""
