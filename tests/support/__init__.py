"""What several test files share: comparisons, random numbers, programs and graphs, processes.

Rule: a test file imports from here and never from another test file. A helper that one file uses
alone stands in that file.
"""
