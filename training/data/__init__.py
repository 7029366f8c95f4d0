"""Fashion-MNIST, photographs with their masks, and captures."""
