"""What people write in YAML: read strictly, filled into forms, every fault with its line."""
