"""The workshop that makes the weights. Needs no Qt and no screen: torch, torchvision and numpy run it."""
