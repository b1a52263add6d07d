"""What a picture holds: writing and the things it stands on, followed from frame to frame, and whose face is whose."""
