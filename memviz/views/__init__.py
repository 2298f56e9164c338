"""Ways of looking: each folder's VIEW turns declared signals into Panels, and knows no renderer."""
