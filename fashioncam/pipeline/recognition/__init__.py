"""The 28x28 input -> calibrated class probabilities, pooled over frames."""
