"""What runs inside Axonite's worker processes. Never imported by the server's clients."""
