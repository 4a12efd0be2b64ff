"""Detection rules (Sigma): what each needs, and whether it can fire on a host."""
