"""The main job shown from end to end on the synthetic roll; the providers are played by `providers.py`."""
