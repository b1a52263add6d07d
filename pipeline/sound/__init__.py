"""What is heard: who speaks and when, what Whisper needs, what becomes of every moment of a clip's sound."""
