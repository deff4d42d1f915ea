"""The wiring: settings, processes, broker, web server. It may import any app; no app imports it
except for the shared primitives in `config.lifecycle`."""
