"""One's own videos: files of any common kind, or folders of frames."""
