"""The training loop and its parts: batches, losses, optimisers, state, log, several processes."""
