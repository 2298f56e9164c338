"""What a memory can be asked to do: one folder per task, found by the catalog."""
