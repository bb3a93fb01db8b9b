"""What each command of `didimdol` does. A command takes its parsed arguments and returns its exit code."""
