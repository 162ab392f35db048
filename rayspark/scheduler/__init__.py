"""Scheduler: jobs become stages, stages become tasks, tasks are placed, retried and replayed.

``state`` is a pure function of events (``events``) that returns actions (``actions``); ``loop``
feeds it from one thread; a ``backend`` carries the actions out. No Ray, thread, clock or random
number stands in the pure files.
"""
