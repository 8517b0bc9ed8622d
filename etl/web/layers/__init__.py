"""What every request passes before it reaches the console, the outermost first: see `app.py`.

Receives ASGI scopes. Takes secrets out, refuses what is too large, too slow or from elsewhere, and writes one line for
each request. Knows nothing of pages.
"""
