"""The alarm clock and the workers that drive publishing; a driver beside the window.

Here: timers (APScheduler, memory only), worker threads, the loop of the headless agent.
Not here: what is due; that is in the cluster, and only the publish protocol decides.
Used by the agent, `publish now`, the tour, and later the window.
"""
