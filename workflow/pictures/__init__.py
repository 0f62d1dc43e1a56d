"""Pictures (照片): how a photo is read, redrawn and compared, in a child process of its own.

`picture_process` hands a picture to the child and bounds its memory, its time and who waits; `images` redraws it there;
`perceptual_hash` finds similar ones.  Imports little: whatever is imported here is loaded by the child.

Decisions: docs/decisions/evidence.md
"""
