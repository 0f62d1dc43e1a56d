"""The register: households, their people, matters, and what is shown of them to whom."""
