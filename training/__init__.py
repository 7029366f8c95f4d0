"""The workshop that makes the weights. No Qt, no screen; `train` needs torch, torchvision and numpy alone."""
