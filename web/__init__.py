"""The web: pages for people and JSON for programs, over the same verbs. Begin reading at `web.app`."""
