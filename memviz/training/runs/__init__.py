"""Trainings that a server keeps: started, watched, paused, saved and found again, within limits."""
