"""What of an instance rows do not overwrite: values that are pinned, or that a source has written which counts more."""
