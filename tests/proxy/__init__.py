"""The shipped nginx configuration with a real nginx (`make test-proxy`)."""
