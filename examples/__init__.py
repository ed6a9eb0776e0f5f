"""Programs to begin with. Each runs as it is, without a key and without a network: the model is a script that is played on loopback."""
