"""Builds what a release has: wheel and source archive, bundle for closed networks, Debian package, image,
bill of materials, checksums and signature."""
