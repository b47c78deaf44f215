"""A class: many learners' answers, judged and counted.

Read `submissions` first (a folder or a zip file for each learner), then `results` (all verdicts,
also those of an earlier run), then `page` and `csv_rows` (how they are shown).
"""
