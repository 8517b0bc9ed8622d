"""Services over HTTP, the API and the console: `etl web`.

Receives requests. Calls public functions of the packages below, shows their values as HTML and as JSON, and notes every
action. Contains no rule of the system. Only `app`, `layers` and `server` know Starlette and uvicorn: pages do not.

A page is a function in `pages/`: it receives a PageRequest and returns a frozen pydantic model. The one table `ROUTES`
of `routes.py` says at which path, for which roles, with which template. The same model is the JSON at `/api/v1` + path.
An action is a function too: it receives an ActionRequest, and returns Done. docs/web-pages.md shows both.
"""
