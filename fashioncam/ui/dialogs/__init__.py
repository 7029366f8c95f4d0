"""The windows that open beside the live picture."""
