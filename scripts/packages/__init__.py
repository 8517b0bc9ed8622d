"""Builds what a release has: wheel and source archive, bundle for closed networks, Debian package, image, chart,
bill of materials, checksums and signature."""
