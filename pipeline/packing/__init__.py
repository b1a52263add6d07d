"""What lies beside a video in its pack, and what a platform takes: shapes, limits, subtitles, covers, fonts."""
