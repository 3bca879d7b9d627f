"""The HTTP service: image preprocessing, prediction, routes, metrics, web pages."""
