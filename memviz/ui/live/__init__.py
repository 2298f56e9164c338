"""What goes between a browser and its runs while they train: routes, sockets, commands and frames."""
