"""Triple Helix 三螺旋: a city's whole industry–university–research policy."""
