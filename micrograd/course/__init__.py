"""The course: the lecture as lessons that run, chapter by chapter: `micrograd learn`."""
