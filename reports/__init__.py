"""Reports (报表与公文): papers, written reports, lists and refused rows as PDF, DOCX and XLSX.

Knows models, workflow and notifications, and nothing of HTTP; words in the reader's language are passed in.

Decisions: docs/decisions/reports.md
"""
