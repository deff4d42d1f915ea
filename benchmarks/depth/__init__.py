"""What the row `depth_counter_scale` measures."""
