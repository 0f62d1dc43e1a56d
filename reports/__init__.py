"""What leaves the system as a file: lists and refused rows as spreadsheets.

This room knows models, workflow and notifications, and nothing of HTTP; words in the reader's language are handed in.
"""
