"""What commands print for people: short by default, whole where it is asked for."""
