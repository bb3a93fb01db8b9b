"""The JSON API: the verbs of `engine.casework` under `/api`, one module per kind of thing."""
