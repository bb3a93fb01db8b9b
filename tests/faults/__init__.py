"""What must hold when things break: killed servers, lost connections, full disks, everybody at once. Against a real server process."""
