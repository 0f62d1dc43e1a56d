"""The register's rules."""
