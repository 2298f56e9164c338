"""The shared vocabulary: what a signal, trace, model, task, view, panel and lesson are. Imports nothing of ours."""
