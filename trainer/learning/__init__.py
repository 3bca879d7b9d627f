"""The mathematics: the network, its gradients, updates and evaluation."""
