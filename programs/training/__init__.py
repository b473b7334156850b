"""Courses, quizzes, certificates of people, and who is certified in what."""
