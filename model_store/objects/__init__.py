"""A store in a bucket of S3, Google Cloud or Azure: its objects, used as if files."""
