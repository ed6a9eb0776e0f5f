"""Programs to begin with. The first lines of each say how it is run; where no provider is asked, the model is a script played on loopback."""
